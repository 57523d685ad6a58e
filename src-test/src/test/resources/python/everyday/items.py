"""Items that a process has taken of a joinable queue when it ends."""
import multiprocessing
import os
import sys
from where import connect, show

m = connect()
fork = multiprocessing.get_context("fork")


def breaks(q):
    while q.get() is not None:
        q.task_done()


def takes(q, n):
    for _ in range(n):
        q.get()


def fails(q):
    q.get()
    sys.stderr = open(os.devnull, "w")
    raise ValueError("as workers do")


def leaves(q):
    q.get()
    sys.exit(3)


def puts(q):
    q.get()
    q.put("more")


def run(target, *args):
    p = fork.Process(target=target, args=args)
    p.start()
    p.join(20)
    return p.exitcode


def made(*items):
    q = m.JoinableQueue()
    for x in items:
        q.put(x)
    return q


def rest(q):
    out = []
    while not q.empty():
        out.append(q.get())
    return out


for label, target, args, items in [
    ("breaks", breaks, (), [1, None]), ("breaks, more", breaks, (), [1, None, 2]), ("takes one", takes, (1,), ["a"]), ("takes two of three", takes, (2,), ["a", "b", "c"]), ("fails", fails, (), ["a", "b"]), ("leaves", leaves, (), ["a", "b"]), ("puts", puts, (), ["a", "b"]), ("takes none", takes, (0,), ["a"]),
]:
    q = made(*items)
    show(label + ", code", lambda: run(target, q, *args))
    show(label + ", size", lambda: q.qsize())
    show(label + ", rest", lambda: rest(q))
    show(label + ", two workers", lambda: (lambda p: (run(target, p, *args), run(takes, p, 0), p.qsize()))(made(*items)))
q = made("a", None)
show("join after sentinel", lambda: (run(breaks, q), q.task_done(), q.join()))
show("too often", lambda: q.task_done())
