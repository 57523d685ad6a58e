"""A lock that is asked for with a time limit, while another process holds it."""
from multiprocessing import Event, Lock, Process

def hold(lock, held, done):
    with lock:
        held.set()
        done.wait()

if __name__ == "__main__":
    lock, held, done = Lock(), Event(), Event()
    p = Process(target=hold, args=(lock, held, done))
    p.start()
    held.wait()
    print("acquired" if lock.acquire(timeout=0.05) else "Potential deadlock detected")
    done.set()
    p.join()
    print("acquired" if lock.acquire(timeout=5) else "Potential deadlock detected")
