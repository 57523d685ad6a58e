"""What CPython's own tests rely on: a child acquires and ends, the parent releases."""
import multiprocessing

from common import connect, show


def child(work, *args):
    getattr(args[0], work)(*args[1:])


def run(context, *args):
    p = context.Process(target=child, args=args)
    p.start()
    p.join()
    return p.exitcode


if __name__ == "__main__":
    m = connect()
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        lock = m.Lock()
        show("acquired by a child", lambda: (run(context, "acquire", lock), lock.acquire(False)))
        show("released by the parent", lambda: (lock.release(), lock.acquire(False), lock.release()))
        show("not twice", lambda: lock.release())
        s = m.BoundedSemaphore(1)
        show("semaphore of a child", lambda: (run(context, "acquire", s), s.acquire(False)))
        show("given back", lambda: (s.release(), s.acquire(False), s.release()))
        show("not above", lambda: s.release())
        r = m.RLock()
        r.acquire()
        r.release()
        q = m.Queue()
        show("via a queue", lambda: (run(context, "put", q, [1, "x"]), q.get(timeout=60)))
        e = m.Event()
        show("event", lambda: (run(context, "set", e), e.wait(60)))
