import threading
import time

from common import connect, show, show_kind

m = connect()


def together(*works):
    """Runs each in a thread of its own and gives their results in order."""
    results = [None] * len(works)

    def run(i, work):
        try:
            results[i] = work()
        except Exception as e:
            results[i] = type(e).__name__

    threads = [threading.Thread(target=run, args=(i, w)) for i, w in enumerate(works)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


e = m.Event()
show("unset", lambda: (e.is_set(), e.wait(0), e.wait(0.01), e.wait(-1)))
show("wakes", lambda: together(lambda: e.wait(60), lambda: e.wait(), lambda: (time.sleep(0.1), e.set())[1]))
show("set", lambda: (e.is_set(), e.wait(), e.wait(timeout=0)))
show("clear", lambda: (e.clear(), e.is_set()))

for kind in (m.Semaphore, m.BoundedSemaphore):
    s = kind(2)
    show("acquire", lambda: (s.acquire(), s.acquire(True), s.acquire(False), s.acquire(timeout=0.01), s.acquire(True, 0)))
    show("timeout without blocking", lambda: s.acquire(False, 5))
    show("release elsewhere", lambda: together(lambda: s.release()))
    show("got", lambda: s.acquire(False))
    show("handed on", lambda: together(lambda: s.acquire(timeout=60), lambda: (time.sleep(0.1), s.release())[1]))
    show("release", lambda: (s.release(), s.release()))
    show("over", lambda: s.release())
    show_kind("negative", lambda: kind(-1))
    show("zero", lambda: kind(0).acquire(False))
    with s:
        show("within", lambda: s.acquire(False))

for lock in (None, m.Lock()):
    c = m.Condition(lock) if lock is not None else m.Condition()
    show("wait without", lambda: c.wait(0))
    show("notify without", lambda: c.notify())
    show("notify all without", lambda: c.notify_all())
    show("release without", lambda: c.release())
    show("acquired", lambda: (c.acquire(), c.wait(0), c.wait(0.01), c.wait(-1), c.notify(), c.notify(2), c.notify_all(), c.release()))
    if lock is not None:
        show("one lock", lambda: (c.acquire(), together(lambda: lock.acquire(False)), c.release(), lock.acquire(False), lock.release()))
    box = m.list()

    def consume():
        with c:
            ok = c.wait_for(lambda: len(box) > 0, 60)
            return ok, box.pop()

    def produce():
        time.sleep(0.1)
        for i in range(2):
            with c:
                box.append("item")
                c.notify()

    show("consumed", lambda: together(consume, consume, produce))
    ready = m.list()

    def waiter():
        with c:
            ready.append(1)
            return c.wait(60)

    def wake():
        while len(ready) < 3:
            time.sleep(0.01)
        with c:
            c.notify_all()

    show("all", lambda: together(waiter, waiter, waiter, wake))

b = m.Barrier(3)
show("barrier", lambda: (b.parties, b.n_waiting, b.broken))
show("arrivals", lambda: sorted(together(b.wait, b.wait, b.wait)))
show("again", lambda: sorted(together(b.wait, b.wait, b.wait)))
show("timeout", lambda: together(lambda: b.wait(0.05), lambda: b.wait(60)))
show("broken", lambda: b.broken)
show("wait on broken", lambda: b.wait())
show("reset", lambda: (b.reset(), b.broken))


def meet_then(work):
    def other():
        while b.n_waiting < 2:
            time.sleep(0.01)
        work()

    return together(lambda: b.wait(60), lambda: b.wait(60), other)


show("reset with waiters", lambda: (meet_then(b.reset), b.broken))
show("abort", lambda: (meet_then(b.abort), b.broken))
show("aborted", lambda: b.wait())
t = m.Barrier(2, timeout=0.05)
show("own timeout", lambda: t.wait())
show("attribute", lambda: b._callmethod("__getattribute__", ("nothing",)))
show("one", lambda: m.Barrier(1).wait())
