"""CPython's manager with its own client: serve (python3 worker.py serve) or a worker that speaks the lines of Worker.java."""
import sys
import threading
import time
from multiprocessing.managers import SyncManager, DictProxy, ListProxy
import queue

KEY = b"a key for this benchmark"
VALUE = "v" * 100
KEYS = ["key%05d" % i for i in range(10000)]
LAST = "the last item"


class Counter:
    def __init__(self):
        self.n = 0
        self.lock = threading.Lock()

    def increment(self):
        with self.lock:
            self.n += 1
            return self.n


class Manager(SyncManager):
    pass


def once(make):
    made = []
    guard = threading.Lock()

    def get():
        with guard:
            if not made:
                made.append(make())
            return made[0]
    return get


def serve():
    # the documents' pattern: callables that return the one shared object
    Manager.register("bench", once(dict), proxytype=DictProxy)
    Manager.register("blobs", once(dict), proxytype=DictProxy)
    Manager.register("jobs", once(lambda: queue.Queue(10000)))
    Manager.register("the_lock", once(threading.Lock))
    Manager.register("counter", once(Counter))
    Manager.register("elements", once(list), proxytype=ListProxy)
    server = Manager(("127.0.0.1", 0), KEY).get_server()
    print("ready on %s:%d" % server.address, flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
    server.serve_forever()


def register_client():
    Manager.register("bench", proxytype=DictProxy)
    Manager.register("blobs", proxytype=DictProxy)
    Manager.register("jobs")
    Manager.register("the_lock")
    Manager.register("counter")
    Manager.register("elements", proxytype=ListProxy)


def percentile(sorted_values, p):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * p))] * 1e6 if sorted_values else 0


def threads(n, seconds, step):
    step(0)
    counts, times, failures = [0] * n, [[] for _ in range(n)], []
    start = time.perf_counter()

    def work(t):
        i, before = t * 601, time.perf_counter()
        try:
            while before - start < seconds:
                step(i)
                i += 1
                now = time.perf_counter()
                times[t].append(now - before)
                before = now
        except Exception as e:  # reported to the comparison
            failures.append(e)
        counts[t] = len(times[t])

    workers = [threading.Thread(target=work, args=(t,)) for t in range(n)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    elapsed = time.perf_counter() - start
    if failures:
        raise failures[0]
    every = sorted(x for t in times for x in t)
    return sum(counts) / elapsed, percentile(every, 0.5), percentile(every, 0.99)


class Worker:
    def __init__(self, host, port):
        register_client()
        self.address = (host, int(port))
        self.m = Manager(self.address, KEY)
        self.m.connect()
        self.dict, self.blobs, self.queue = self.m.bench(), self.m.blobs(), self.m.jobs()
        self.lock, self.counter, self.list = self.m.the_lock(), self.m.counter(), self.m.elements()
        self.idle = []

    def first(self):
        m = Manager(self.address, KEY)
        m.connect()
        d = m.bench()
        d["first"] = "operation"
        return d

    def lock_and_unlock(self, i):
        self.lock.acquire()
        self.lock.release()

    def run(self, workload, n, seconds):
        if workload == "put":
            d = self.dict
            return threads(n, seconds, lambda i: d.__setitem__(KEYS[i % 10000], VALUE))
        if workload == "get":
            d = self.dict
            return threads(n, seconds, lambda i: d.get(KEYS[i % 10000]))
        if workload == "lock":
            return threads(n, seconds, self.lock_and_unlock)
        if workload == "counter":
            return threads(n, seconds, lambda i: self.counter.increment())
        if workload == "big":
            value = bytes(n << 20)

            def pair(i):
                self.blobs["big"] = value
                assert len(self.blobs["big"]) == len(value)
            rate, p50, p99 = threads(1, seconds, pair)
            return rate * 2 * len(value) / 1e6, p50, p99
        if workload == "connect":
            return threads(1, seconds, lambda i: self.first())
        if workload == "first":
            start = time.perf_counter()
            self.first()
            return 1 / (time.perf_counter() - start), 0, 0
        if workload == "list":
            del self.list[:]
            self.list.extend([VALUE] * 10000)

            def walk(i):
                assert sum(1 for _ in self.list) == 10000
            rate, p50, p99 = threads(1, seconds, walk)
            return rate * 10000, p50, p99
        if workload == "bulk":
            entries = {k: VALUE for k in KEYS[:1000]}
            rate, p50, p99 = threads(1, seconds, lambda i: self.dict.update(entries))
            return rate * 1000, p50, p99
        if workload == "produce":
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < seconds:
                self.queue.put(VALUE)
                count += 1
            self.queue.put(LAST)
            return count / (time.perf_counter() - start), 0, 0
        if workload == "consume":
            item, count = self.queue.get(), 0
            start = time.perf_counter()
            while item != LAST:
                item = self.queue.get()
                count += 1
            return count / (time.perf_counter() - start), 0, 0
        if workload == "fill":
            start = time.perf_counter()
            for i in range(0, n, 1000):
                self.dict.update({"k%07d" % j: "%100d" % j for j in range(i, min(n, i + 1000))})
            return n / (time.perf_counter() - start), 0, 0
        if workload == "idle":
            start = time.perf_counter()
            self.idle += [self.first() for _ in range(n)]
            return n / (time.perf_counter() - start), 0, 0
        if workload == "drop":
            self.idle.clear()
            return 1, 0, 0
        return None


def main():
    if sys.argv[1] == "serve":
        serve()
        return
    worker = Worker(*sys.argv[1].split(":"))
    print("= ready", flush=True)
    for line in sys.stdin:
        workload, n, millis = line.split()
        try:
            result = worker.run(workload, int(n), int(millis) / 1000)
            print("= unsupported" if result is None else "= %.1f %.1f %.1f" % result, flush=True)
        except Exception as e:  # reported to the comparison
            print("! %r" % e, flush=True)


if __name__ == "__main__":
    main()
