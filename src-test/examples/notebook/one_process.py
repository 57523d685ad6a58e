"""One function in a process, and what runs after its end."""
import multiprocessing

def cube(n):
    print(f"Cube: {n ** 3}")

def square(n):
    print(f"Square: {n ** 2}")

if __name__ == "__main__":
    first = multiprocessing.Process(target=cube, args=(5,))
    second = multiprocessing.Process(target=square, args=(5,))
    first.start()
    first.join()
    print("DONE")
    print(f"started: {'TERMINATED' if first.exitcode == 0 else '?'}, not started: {'CREATED' if second.pid is None else '?'}")
