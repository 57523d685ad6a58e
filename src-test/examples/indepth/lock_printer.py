"""A lock around the output; the program waits for children that nobody joined."""
from multiprocessing import Lock, Process

def show(item, lock):
    lock.acquire()
    print(f"Printing {item}")
    lock.release()

if __name__ == "__main__":
    lock = Lock()
    for item in ["apple", "banana", "cherry"]:
        Process(target=show, args=(item, lock)).start()
