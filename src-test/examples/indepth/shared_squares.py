"""Five processes square one element each of a shared array."""
from multiprocessing import Array, Process

def square(i, numbers):
    numbers[i] = numbers[i] ** 2

if __name__ == "__main__":
    numbers = Array("i", range(5))
    processes = [Process(target=square, args=(i, numbers)) for i in range(5)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    print(f"Squared numbers are: {numbers[:]}")
