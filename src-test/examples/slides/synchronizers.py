"""Lock, RLock, Semaphore, BoundedSemaphore, Event, Condition and Barrier between two processes."""
from multiprocessing import Barrier, BoundedSemaphore, Condition, Event, Process, RLock

def work(ready, barrier, condition, semaphore):
    ready.wait()
    print("event: set")
    barrier.wait()
    with semaphore:
        print("semaphore: entered")
    with condition:
        print("condition: notified")
        condition.notify()

if __name__ == "__main__":
    ready, barrier, condition, semaphore = Event(), Barrier(2), Condition(), BoundedSemaphore(1)
    p = Process(target=work, args=(ready, barrier, condition, semaphore))
    with condition:
        p.start()
        ready.set()
        barrier.wait()
        print("barrier: both")
        condition.wait()
        print("condition: awake")
    lock = RLock()
    with lock, lock:
        print("rlock: twice")
    p.join()
    try:
        semaphore.release()
    except ValueError:
        print("bounded semaphore: released too many times")
