"""In processes of their own they have two."""
import multiprocessing
import os

def cube(n):
    print(f"PID::print_cube::id -> {os.getpid()}")
    print(f"Cube: {n ** 3}")

def square(n):
    print(f"PID::print_square::id -> {os.getpid()}")
    print(f"Square: {n ** 2}")

if __name__ == "__main__":
    first = multiprocessing.Process(target=cube, args=(2,))
    second = multiprocessing.Process(target=square, args=(2,))
    first.start()
    second.start()
    first.join()
    second.join()
    print("DONE... two processes:", first.pid != second.pid)
