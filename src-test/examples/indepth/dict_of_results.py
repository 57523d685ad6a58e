"""Results in a manager's dict."""
from multiprocessing import Manager, Process

def worker(i, shared):
    shared[i] = i * i

if __name__ == "__main__":
    with Manager() as manager:
        shared = manager.dict()
        processes = [Process(target=worker, args=(i, shared)) for i in range(5)]
        for p in processes:
            p.start()
        for p in processes:
            p.join()
        print(f"Squares are: {dict(sorted(shared.items()))}")
