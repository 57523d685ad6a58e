"""A pool works on one array in shared memory; Python's workers inherit it, Java's take it as an argument."""
from multiprocessing import Array, Pool

def use(given):
    global array
    array = given

def square(i):
    array[i] = array[i] ** 2
    return i

if __name__ == "__main__":
    shared = Array("i", [0, 1, 2, 3, 4])
    with Pool(processes=4, initializer=use, initargs=(shared,)) as pool:
        done = pool.map(square, range(5))
    print(done, shared[:])
