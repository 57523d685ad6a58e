"""Results collected in a manager's list."""
from multiprocessing import Manager, Process

def worker(i, shared):
    shared.append(i * i)

if __name__ == "__main__":
    with Manager() as manager:
        shared = manager.list()
        processes = [Process(target=worker, args=(i, shared)) for i in range(5)]
        for p in processes:
            p.start()
        for p in processes:
            p.join()
        shared.sort()
        print(f"Squares are: {shared}")
