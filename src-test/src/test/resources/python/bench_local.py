"""The rows of LocalBench with CPython's own multiprocessing: spawn, Pipe, Value."""
import multiprocessing
import statistics
import time

MESSAGES, LARGE, TRIPS, INCREMENTS, STARTS = 200_000, 1_000, 20_000, 200_000, 9


def hello(c):
    c.send(1)
    c.recv()


def talker(c):
    c.recv_bytes()
    small, large = bytes(64), bytes(1 << 20)
    for _ in range(MESSAGES):
        c.send_bytes(small)
    for i in range(MESSAGES):
        c.send(i)
    for _ in range(LARGE):
        c.send_bytes(large)
    while True:
        c.send(c.recv())


def count(value, times):
    for _ in range(times):
        with value.get_lock():
            value.value += 1


def row(name, value, unit):
    print(name, value, unit, sep="\t")


def main():
    ctx = multiprocessing.get_context("spawn")
    starts = []
    for _ in range(STARTS):
        a, b = ctx.Pipe()
        begun = time.perf_counter()
        p = ctx.Process(target=hello, args=(b,))
        p.start()
        a.recv()
        starts.append((time.perf_counter() - begun) * 1000)
        a.send(1)
        p.join()
    for name in ("spawn", "forkserver", "ProcessBuilder, same JVM"):
        row("start to first word: " + name, statistics.median(starts), "ms")
    a, b = ctx.Pipe()
    p = ctx.Process(target=talker, args=(b,), daemon=True)
    p.start()
    a.send_bytes(b"go")
    for name, n, take, unit, scale in (
        ("pipe: 64 bytes", MESSAGES, a.recv_bytes, "messages/s", 1),
        ("pipe: integers", MESSAGES, a.recv, "messages/s", 1),
        ("pipe: 1 MiB", LARGE, a.recv_bytes, "MiB/s", 1),
    ):
        take()
        begun = time.perf_counter()
        for _ in range(n - 1):
            take()
        row(name, (n - 1) / (time.perf_counter() - begun), unit)
    begun = time.perf_counter()
    for i in range(TRIPS):
        a.send(i)
        a.recv()
    row("pipe: round trips", TRIPS / (time.perf_counter() - begun), "trips/s")
    v = ctx.Value("i", 0)
    begun = time.perf_counter()
    count(v, INCREMENTS)
    alone = INCREMENTS / (time.perf_counter() - begun)
    row("shared value: increments under its lock", alone, "increments/s")
    others = [ctx.Process(target=count, args=(v, INCREMENTS)) for _ in range(2)]
    begun = time.perf_counter()
    for o in others:
        o.start()
    for o in others:
        o.join()
    row("the same, 2 processes, starts included", 2 * INCREMENTS / (time.perf_counter() - begun), "increments/s")
    # no atomic addition there: the lock it is
    row("shared value: atomic additions", alone, "increments/s")


if __name__ == "__main__":
    main()
