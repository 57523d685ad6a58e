"""Sequential, threads and processes, timed; Java's threads need no processes to use all processors."""
import time
from multiprocessing import Pool
from threading import Thread

def work(n):
    return sum(i * i for i in range(n))

if __name__ == "__main__":
    n, count = 1_000_000, 4
    start = time.time()
    sums = [work(n) for _ in range(count)]
    print(f"Sequential: {time.time() - start:.2f}s")
    start = time.time()
    found = []
    threads = [Thread(target=lambda: found.append(work(n))) for _ in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(f"Threads: {time.time() - start:.2f}s")
    start = time.time()
    with Pool(count) as pool:
        results = pool.map(work, [n] * count)
        print(f"Processes: {time.time() - start:.2f}s")
    print(f"Same sums: {sums == found == results}")
