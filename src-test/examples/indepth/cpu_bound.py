"""Ten loops: one after the other, in threads, in processes; a table of times."""
import multiprocessing
import threading
import time

def loop():
    result = 0
    for _ in range(1_000_000):
        result += 1

def row(how, start):
    print(f"{how:16} {time.time() - start:7.3f} s")

if __name__ == "__main__":
    count = 10
    start = time.time()
    for _ in range(count):
        loop()
    row("Sequential", start)
    for how, kind in ("Threading", threading.Thread), ("Multiprocessing", multiprocessing.Process):
        start = time.time()
        running = [kind(target=loop) for _ in range(count)]
        for each in running:
            each.start()
        for each in running:
            each.join()
        row(how, start)
