"""A lock beside the value that it guards."""
from multiprocessing import Lock, Process, Value

def increment(counter, lock):
    for _ in range(10_000):
        with lock:
            counter.value += 1

if __name__ == "__main__":
    lock, counter = Lock(), Value("i", 0)
    processes = [Process(target=increment, args=(counter, lock)) for _ in range(4)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    print(f"Counter: {counter.value}")
