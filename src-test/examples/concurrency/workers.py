"""Four processes and their numbers."""
import os
from multiprocessing import Process

def worker(name):
    print(f"Worker {name}, PID: {os.getpid()}")

if __name__ == "__main__":
    processes = []
    for i in range(4):
        p = Process(target=worker, args=(i,))
        processes.append(p)
        p.start()
    for p in processes:
        p.join()
    print(f"Main process PID: {os.getpid()}")
