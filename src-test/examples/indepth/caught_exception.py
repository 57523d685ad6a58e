"""An exception that the process itself handles."""
from multiprocessing import Process

def worker():
    try:
        raise ValueError("Something went wrong!")
    except ValueError as e:
        print(f"Caught exception: {e}")

if __name__ == "__main__":
    p = Process(target=worker)
    p.start()
    p.join()
