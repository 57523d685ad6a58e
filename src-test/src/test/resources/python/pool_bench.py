"""CPython's Pool on the tasks of PoolBench: lines of measure, unit, value, tab-separated."""
import sys
import time
from multiprocessing import Pool

ROUNDS = 15


def nothing(n):
    return n


def compute(n):
    total = 0
    for i in range(n):
        total += i * i
    return total


def best(call):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    tasks = int(sys.argv[1])
    with Pool(2) as pool:
        pool.map(nothing, range(tasks))
        for name, call in (
            ("map, automatic chunks", lambda: pool.map(nothing, range(tasks))),
            ("map, chunks of 10", lambda: pool.map(nothing, range(tasks), 10)),
            ("map, chunks of 1", lambda: pool.map(nothing, range(tasks), 1)),
            ("applyAsync", lambda: [r.get() for r in [pool.apply_async(nothing, (n,)) for n in range(tasks)]]),
            ("imap, chunks of 1", lambda: list(pool.imap(nothing, range(tasks)))),
        ):
            print(name, "tasks/s", round(tasks / best(call)), sep="\t", flush=True)
