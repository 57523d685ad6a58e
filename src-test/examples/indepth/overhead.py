"""What a pool costs where the tasks are small: a table of times."""
import time
from multiprocessing import Pool

def square(x):
    return x * x

def row(how, start):
    print(f"{how:22} {time.time() - start:9.6f} s")

if __name__ == "__main__":
    data = list(range(1_000))
    start = time.time()
    here = list(map(square, data))
    row("Single-threaded time:", start)
    start = time.time()
    with Pool(processes=4) as pool:
        there = pool.map(square, data)
        row("Multi-process time:", start)
    print("Same results:", here == there)
