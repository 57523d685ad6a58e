"""put and get that do not block, or for so long only."""
import queue
from multiprocessing import Queue

def attempt(what, call):
    try:
        call()
        print(f"{what}: done")
    except queue.Empty:
        print(f"{what}: empty")
    except queue.Full:
        print(f"{what}: full")

if __name__ == "__main__":
    q = Queue(1)
    attempt("get_nowait", lambda: q.get(False))
    attempt("get(timeout)", lambda: q.get(True, 0.02))
    q.put("item")
    attempt("put_nowait", lambda: q.put("more", False))
    attempt("put(timeout)", lambda: q.put("more", True, 0.02))
    print(f"get: {q.get()}")
