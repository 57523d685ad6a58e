"""Queue.shutdown, for interpreters whose own server has it: 3.13 and later."""
import threading

from common import connect, show, show_kind

m = connect()


def threads(*works):
    """Each on a connection of its own, until all have ended."""
    results = [None] * len(works)

    def run(i, work):
        try:
            results[i] = ("returned", work())
        except Exception as e:
            results[i] = (type(e).__module__ + "." + type(e).__name__, e.args)

    all_ = [threading.Thread(target=run, args=(i, w), daemon=True) for i, w in enumerate(works)]
    for t in all_:
        t.start()

    def end():
        for t in all_:
            t.join(60)
            assert not t.is_alive(), "still waits"
        return results

    return end


for kind in (m.Queue, m.JoinableQueue):
    q = kind(3)
    show("methods", lambda: sorted(n for n in dir(q) if not n.startswith("_")))
    show("fill", lambda: [q.put(i) for i in range(3)])
    show("shutdown", lambda: q.shutdown())
    show("put", lambda: q.put(9))
    show("put false", lambda: q.put(9, False))
    show("put timeout", lambda: q.put(9, timeout=0.01))
    show("put negative", lambda: q.put(9, timeout=-1))
    show("put nowait", lambda: q.put_nowait(9))
    show("facts", lambda: (q.qsize(), q.empty(), q.full()))
    show("get negative", lambda: q.get(timeout=-1))
    show("get", lambda: (q.get(), q.get(False), q.get(timeout=1)))
    show("get none", lambda: q.get())
    show("get none false", lambda: q.get(False))
    show("get none timeout", lambda: q.get(timeout=0.01))
    show("get none negative", lambda: q.get(timeout=-1))
    show("get none nowait", lambda: q.get_nowait())
    show("facts none", lambda: (q.qsize(), q.empty(), q.full()))
    show("again", lambda: (q.shutdown(False), q.shutdown(immediate=True)))
    show("done", lambda: [q.task_done() for _ in range(3)])
    show("done again", lambda: q.task_done())
    show("join", lambda: q.join())

    q = kind()
    show("fill", lambda: [q.put(i) for i in range(4)])
    show("get one", lambda: q.get())
    end = threads(q.join)
    show("immediate", lambda: q.shutdown(True))
    show("facts immediate", lambda: (q.qsize(), q.empty(), q.full()))
    show("get immediate", lambda: q.get())
    show("put immediate", lambda: q.put(1))
    show("done the one", lambda: q.task_done())
    show("joined", end)
    show("done too many", lambda: q.task_done())

    q = kind()
    show("fill", lambda: [q.put(i) for i in range(4)])
    show("done before", lambda: q.task_done())
    show("immediate", lambda: q.shutdown(immediate=1))
    show("joins at once", lambda: q.join())
    show("done none", lambda: q.task_done())

    q = kind()
    end = threads(q.get, lambda: q.get(timeout=60), q.get)
    show("shutdown of waiting", lambda: q.shutdown())
    show("getters", end)
    q = kind(1)
    q.put("first")
    end = threads(lambda: q.put("second"), lambda: q.put("third", timeout=60))
    show("shutdown of full", lambda: q.shutdown())
    show("putters", end)
    show("left", lambda: (q.get(), q.qsize()))
    show_kind("many", lambda: q.shutdown(True, True))
    show("unknown", lambda: q.shutdown(now=True))
