"""A counter under its own lock, and an array that a process doubles."""
from multiprocessing import Array, Process, Value

def increment(counter):
    for _ in range(10_000):
        with counter.get_lock():
            counter.value += 1

def twice(array):
    for i in range(len(array)):
        array[i] = array[i] * 2

if __name__ == "__main__":
    counter = Value("i", 0)
    processes = [Process(target=increment, args=(counter,)) for _ in range(4)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    print(f"Counter: {counter.value}")
    array = Array("d", [1.0, 2.0, 3.0, 4.0])
    p = Process(target=twice, args=(array,))
    p.start()
    p.join()
    print(f"Array: {list(array)}")
