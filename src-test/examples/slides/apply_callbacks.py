"""apply, and apply_async with a callback for results and one for errors."""
import threading
from multiprocessing import Pool

def divide(x, y):
    return x // y

if __name__ == "__main__":
    with Pool(1) as pool:
        print("apply:", pool.apply(divide, (84, 2)))
        told = threading.Semaphore(0)

        def callback(result):
            print("callback:", result)
            told.release()

        def error_callback(error):
            print("error_callback: division by zero")
            told.release()

        for y in (4, 0):
            pool.apply_async(divide, (84, y), callback=callback, error_callback=error_callback)
        told.acquire()
        told.acquire()
