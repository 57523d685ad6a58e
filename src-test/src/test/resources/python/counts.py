import gc
import multiprocessing
import time

from common import connect, masked, show


def child(d, name):
    d[name] = list(d.keys()) is not None
    d["n"] = d.copy().get("n", 0)


def settled(m, expected):
    """Children give their references back while they end; nobody tells when they are done."""
    deadline = time.monotonic() + 60
    while m._number_of_objects() != expected and time.monotonic() < deadline:
        time.sleep(0.01)
    return m._number_of_objects()


if __name__ == "__main__":
    m = connect()
    show("none", lambda: m._number_of_objects())
    d, l = m.dict(), m.list()
    show("two", lambda: m._number_of_objects())
    show("info", lambda: sorted([line.split(":")[-1].strip() for line in masked(m._debug_info()).splitlines()]))
    e = m.dict({"a": 1, "b": 2})
    show("iterated", lambda: (list(e), m._number_of_objects()))
    del e, l
    gc.collect()
    show("one", lambda: m._number_of_objects())
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        children = [context.Process(target=child, args=(d, method + str(i))) for i in range(2)]
        for p in children:
            p.start()
        for p in children:
            p.join()
        show(method, lambda: ([p.exitcode for p in children], sorted(d.keys())))
        show("count after " + method, lambda: settled(m, 1))
    token = d._token
    del d
    gc.collect()
    show("zero", lambda: m._number_of_objects())
