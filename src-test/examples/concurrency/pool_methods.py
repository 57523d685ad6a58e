"""map, starmap, apply_async and map_async of a pool."""
from multiprocessing import Pool

def square(x):
    return x * x

def add(a, b):
    return a + b

if __name__ == "__main__":
    with Pool(2) as pool:
        print(f"map: {pool.map(square, range(10))}")
        print(f"starmap: {pool.starmap(add, [(1, 2), (3, 4), (5, 6)])}")
        print(f"apply_async: {pool.apply_async(square, (10,)).get()}")
        print(f"map_async: {pool.map_async(square, range(5)).get()}")
