"""One call in a worker, whose result comes later."""
from multiprocessing import Pool

def multiply(x, y):
    return x * y

if __name__ == "__main__":
    with Pool(processes=2) as pool:
        result = pool.apply_async(multiply, (7, 7))
        print(result.get())
