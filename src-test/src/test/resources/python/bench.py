"""The same CPython client against this server and CPython's own: HOST PORT KEY|own. Prints rows: name, processes, value, unit."""
import multiprocessing
import statistics
import sys
import time

from multiprocessing.managers import SyncManager

SECONDS = 1.0
OPERATIONS = {
    "dict set": lambda d, l, q: d.__setitem__("k", 1),
    "dict get": lambda d, l, q: d.get("k"),
    "list append": lambda d, l, q: l.append(1),
    "queue put and get": lambda d, l, q: (q.put(1), q.get()),
}


def connected(address, key):
    multiprocessing.current_process().authkey = key
    m = SyncManager(address=address, authkey=key)
    m.connect()
    return m


def work(address, key, name, ready, start, counts):
    m = connected(address, key)
    d, l, q = m.dict(), m.list(), m.Queue()
    operation = OPERATIONS[name]
    operation(d, l, q)
    ready.release()
    start.wait()
    n, end = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        operation(d, l, q)
        n += 1
    counts.put(n)


def throughput(address, key, name, processes):
    context = multiprocessing.get_context("fork")
    ready, start, counts = context.Semaphore(0), context.Event(), context.Queue()
    children = [context.Process(target=work, args=(address, key, name, ready, start, counts)) for _ in range(processes)]
    for p in children:
        p.start()
    for _ in children:
        ready.acquire()
    start.set()
    total = sum(counts.get() for _ in children)
    for p in children:
        p.join()
    return total / SECONDS


def millis(work, times=20):
    out = []
    for _ in range(times):
        before = time.perf_counter()
        work()
        out.append((time.perf_counter() - before) * 1000)
    return statistics.median(out)


def main():
    own = None
    if sys.argv[1] == "own":
        key = b"bench-key-bench-key-bench"
        own = SyncManager(address=("127.0.0.1", 0), authkey=key)
        own.start()
        address = own.address
    else:
        key = bytes.fromhex(sys.argv[3])
        address = (sys.argv[1], int(sys.argv[2]))
    m = connected(address, key)
    # either server gets warm before anything is measured
    for name in OPERATIONS:
        throughput(address, key, name, 2)
    print("connect", 1, millis(lambda: connected(address, key)), "ms", sep="\t")
    print("create a dict", 1, millis(lambda: m.dict()), "ms", sep="\t")

    def all_of_it():
        connected(address, key).dict()["k"] = 1

    print("connect, create, first operation", 1, millis(all_of_it), "ms", sep="\t")
    for name in OPERATIONS:
        for processes in (1, 4, 16):
            print(name, processes, throughput(address, key, name, processes), "operations/s", sep="\t", flush=True)


if __name__ == "__main__":
    main()
