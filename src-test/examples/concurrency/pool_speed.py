"""The same work one after the other and by a pool, timed."""
import time
from multiprocessing import Pool

def work(n):
    total = 0
    for i in range(n):
        total += i * i
    return total

if __name__ == "__main__":
    numbers = [1_000_000] * 4
    start = time.time()
    results = [work(n) for n in numbers]
    print(f"Sequential: {time.time() - start:.2f}s")
    start = time.time()
    with Pool(4) as pool:
        parallel = pool.map(work, numbers)
        print(f"Parallel: {time.time() - start:.2f}s")
    print(f"Same results: {parallel == results}")
