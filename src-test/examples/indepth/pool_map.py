"""A pool as large as the machine maps a function over a list."""
from multiprocessing import Pool

def square(x):
    return x * x

if __name__ == "__main__":
    with Pool() as pool:
        print("Squares:", pool.map(square, [1, 2, 3, 4, 5]))
