"""The same CPython client against this server and against CPython's own, in one run: HOST PORT KEY [SLICE ROUNDS].

Each row is measured in turns, a slice of time on either server, so that what else the machine does meets both. Prints rows, separated by
tabs: name, processes, this server, CPython's, unit. SLICE is in seconds; with it, only what 1, 4 and 16 processes set
and what they put and take is measured.
"""
import multiprocessing
import statistics
import sys
import time

from multiprocessing.managers import SyncManager

SLICE = float(sys.argv[4]) if len(sys.argv) > 5 else 0.4
ROUNDS = int(sys.argv[5]) if len(sys.argv) > 5 else 5
OPERATIONS = {
    "dict set": lambda d, l, q: d.__setitem__("k", 1),
    "dict get": lambda d, l, q: d.get("k"),
    "list append": lambda d, l, q: l.append(1),
    "queue put and get": lambda d, l, q: (q.put(1), q.get()),
}


SHORT = len(sys.argv) > 5
if SHORT:
    OPERATIONS = {name: OPERATIONS[name] for name in ("dict set", "queue put and get")}


def connected(address, key):
    multiprocessing.current_process().authkey = key
    m = SyncManager(address=address, authkey=key)
    m.connect()
    return m


def work(address, key, name, turns, counts):
    m = connected(address, key)
    d, l, q = m.dict(), m.list(), m.Queue()
    operation = OPERATIONS[name]
    operation(d, l, q)
    counts.put(0)
    while turns.get():
        n, end = 0, time.perf_counter() + SLICE
        while time.perf_counter() < end:
            operation(d, l, q)
            n += 1
        counts.put(n)


class Load:
    """Processes that do one operation on one server, when told."""

    def __init__(self, server, name, processes):
        context = multiprocessing.get_context("fork")
        self.turns, self.counts = context.Queue(), context.Queue()
        self.children = [context.Process(target=work, args=(*server, name, self.turns, self.counts)) for _ in range(processes)]
        for p in self.children:
            p.start()
        self.gather()

    def gather(self):
        return sum(self.counts.get() for _ in self.children)

    def slice(self):
        for _ in self.children:
            self.turns.put(True)
        return self.gather() / SLICE

    def end(self):
        for _ in self.children:
            self.turns.put(False)
        for p in self.children:
            p.join()


def throughput(servers, name, processes):
    loads = [Load(s, name, processes) for s in servers]
    rates = [[load.slice() for load in loads] for _ in range(ROUNDS)]
    for load in loads:
        load.end()
    return [statistics.median(r) for r in zip(*rates)]


def millis(works, times=20):
    out = [[] for _ in works]
    for _ in range(times):
        for i, work in enumerate(works):
            before = time.perf_counter()
            work()
            out[i].append((time.perf_counter() - before) * 1000)
    return [statistics.median(o) for o in out]


def row(name, processes, values, unit):
    print(name, processes, *values, unit, sep="\t", flush=True)


def main():
    key = bytes.fromhex(sys.argv[3])
    own = SyncManager(address=("127.0.0.1", 0), authkey=key)
    own.start()
    servers = [((sys.argv[1], int(sys.argv[2])), key), (own.address, key)]
    # either server gets warm before anything is measured
    for name in OPERATIONS:
        throughput(servers, name, 2)
    if not SHORT:
        managers = [connected(*s) for s in servers]
        row("connect", 1, millis([lambda s=s: connected(*s) for s in servers]), "ms")
        row("create a dict", 1, millis([lambda m=m: m.dict() for m in managers]), "ms")
        row("connect, create, first operation", 1, millis([lambda s=s: connected(*s).dict().__setitem__("k", 1) for s in servers]), "ms")
    for name in OPERATIONS:
        for processes in (1, 4, 16):
            row(name, processes, throughput(servers, name, processes), "operations/s")


if __name__ == "__main__":
    main()
