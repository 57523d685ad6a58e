"""map_async with a callback, and get with a time limit."""
import multiprocessing
import threading
import time

def square(n):
    return n * n

def slow(n):
    time.sleep(n / 1000)
    return n

if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        told = threading.Event()

        def callback(results):
            print("callback:", results)
            told.set()

        result = pool.map_async(square, [1, 2, 3], callback=callback)
        print("get:", result.get(30))
        told.wait()
        try:
            pool.apply_async(slow, (60_000,)).get(0.05)
        except multiprocessing.TimeoutError:
            print("not within the time")
