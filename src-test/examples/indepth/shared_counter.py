"""A counter in shared memory; addition is atomic in Java, a lock makes it so in Python."""
import time
from multiprocessing import Process, Value

def increment(counter):
    time.sleep(0.01)
    with counter.get_lock():
        counter.value += 1

if __name__ == "__main__":
    counter = Value("i", 0)
    processes = [Process(target=increment, args=(counter,)) for _ in range(10)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    print(f"Counter = {counter.value}")
