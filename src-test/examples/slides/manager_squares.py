"""A manager's dict, filled by eight processes."""
import multiprocessing

def work(dictionary, item):
    dictionary[item] = item ** 2

if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        d = manager.dict()
        jobs = [multiprocessing.Process(target=work, args=(d, i)) for i in range(8)]
        for j in jobs:
            j.start()
        for j in jobs:
            j.join()
        print("Results:", dict(sorted(d.items())))
