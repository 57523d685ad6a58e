"""The rows of LocalBench with CPython's own multiprocessing: spawn, Pipe, Value."""
import multiprocessing
import statistics
import time

MESSAGES, LARGE, TRIPS, INCREMENTS, STARTS, SLICES = 200_000, 1_000, 20_000, 200_000, 9, 5


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


def steps(name, n, take, unit):
    """The median of the rates of some slices: what else the machine does is in few of them."""
    rates = []
    for _ in range(SLICES):
        begun = time.perf_counter()
        for _ in range(n // SLICES):
            take()
        rates.append(n // SLICES / (time.perf_counter() - begun))
    row(name, statistics.median(rates), unit)


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
    steps("pipe: 64 bytes", MESSAGES, a.recv_bytes, "messages/s")
    steps("pipe: integers", MESSAGES, a.recv, "messages/s")
    steps("pipe: 1 MiB", LARGE, a.recv_bytes, "MiB/s")
    steps("pipe: round trips", TRIPS, lambda: (a.send(1), a.recv()), "trips/s")
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
