"""initializer, initargs and maxtasksperchild: the pool replaces a worker after so many tasks."""
import multiprocessing
import os

def set_up(given):
    global factor
    factor = given

def times(n):
    return n * factor, os.getpid()

if __name__ == "__main__":
    with multiprocessing.Pool(1, initializer=set_up, initargs=(10,), maxtasksperchild=2) as pool:
        results = [pool.apply(times, (n,)) for n in range(4)]
        print([r[0] for r in results], "by", len({r[1] for r in results}), "workers")
