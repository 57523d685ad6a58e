"""Squares by a pool, and which process had which number."""
import multiprocessing
import os

def square(n):
    print(f"{n} -> pid:{os.getpid()}")
    return n ** 2

if __name__ == "__main__":
    with multiprocessing.Pool() as pool:
        result = pool.map(square, [1, 2, 3, 4, 5, 6, 7, 8, 9])
        print("Final result")
        print(result)
