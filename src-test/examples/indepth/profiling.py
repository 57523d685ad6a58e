"""A pool that is profiled: one recording of all its workers; cProfile sees the parent only."""
import cProfile
import os
import pstats
import tempfile
from multiprocessing import Pool

def square(n):
    return sum(n * i % 7 for i in range(200_000))

def main():
    with Pool(processes=2) as pool:
        print("results:", len(pool.map(square, [1, 2, 3, 4])))

if __name__ == "__main__":
    file = os.path.join(tempfile.mkdtemp(), "pool.prof")
    cProfile.run("main()", file)
    print("profiled:", pstats.Stats(file).total_calls > 0)
    os.remove(file)
    os.rmdir(os.path.dirname(file))
