"""Two functions at the same time; neither lives after join."""
import multiprocessing

def cube(n):
    print(f"Cube: {n ** 3}")

def square(n):
    print(f"Square: {n ** 2}")

if __name__ == "__main__":
    first = multiprocessing.Process(target=cube, args=(5,))
    second = multiprocessing.Process(target=square, args=(5,))
    first.start()
    second.start()
    first.join()
    second.join()
    print("DONE")
    print(first.is_alive(), second.is_alive())
