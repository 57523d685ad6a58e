"""What a program with a pool of 4 costs: bench_start.py JAVA CLASSPATH runs the programs of StartBench by turns with CPython's, and takes the best of each."""
import glob
import multiprocessing
import os
import resource
import subprocess
import sys
import time

TURNS = 7


def square(n):
    return n * n


def pool(method):
    begun = time.perf_counter()
    with multiprocessing.get_context(method).Pool(4) as p:
        assert p.map(square, range(1000))[999] == 998001
        p.close()
        p.join()
    return (time.perf_counter() - begun) * 1000


def hello(c):
    c.send(1)
    c.recv()


def word():
    """From the start of a process to what it says first."""
    ctx = multiprocessing.get_context("spawn")
    for _ in range(5):
        a, b = ctx.Pipe()
        begun = time.perf_counter()
        p = ctx.Process(target=hello, args=(b,))
        p.start()
        a.recv()
        print((time.perf_counter() - begun) * 1000)
        a.send(1)
        p.join()


def run(command):
    """Milliseconds on the clock and of the processor, children included, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout
    wall = (time.perf_counter() - begun) * 1000
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000, out


def best(results):
    return [min(r[i] for r in results) for i in range(2)]


def main():
    java = [sys.argv[1], "-cp", sys.argv[2], "io.multiproc.tests.bench.StartBench"]
    # the first one has the archive written
    run(java + ["pool"])
    notes = os.path.join(os.environ["XDG_CACHE_HOME"], "multiproc", "*.use")
    for _ in range(1200):
        if glob.glob(notes):
            break
        time.sleep(0.1)
    programs = {
        "ours": java + ["pool"],
        "bare": java + ["bare"],
        "spawn": [sys.executable, __file__, "pool", "spawn"],
        "fork": [sys.executable, __file__, "pool", "fork"],
        "our word": java + ["word"],
        "its word": [sys.executable, __file__, "word"],
    }
    results = {name: [] for name in programs}
    for _ in range(TURNS):
        for name, command in programs.items():
            results[name].append(run(command))
    ours, bare, spawn, fork = (best(results[n]) for n in ("ours", "bare", "spawn", "fork"))
    warm = min(float(line) for line in run(java + ["reserve"])[2].split())
    again = min(float(line) for line in run(java + ["again"])[2].split())
    pooled = min(float(r[2]) for r in results["spawn"])
    forked = min(float(r[2]) for r in results["fork"])
    said = [min(float(line) for r in results[who] for line in r[2].split()) for who in ("our word", "its word")]
    rows = [
        ("start to first word: spawn", said[0], said[1]),
        ("the same in a program that starts often", again, said[1]),
        ("program with a pool of 4: clock", ours[0], spawn[0]),
        ("program with a pool of 4: processor", ours[1], spawn[1]),
        ("the same beside fork: processor", ours[1], fork[1]),
        ("five JVMs that do nothing: processor", 5 * bare[1], spawn[1]),
        ("the pool alone, from a reserve: clock", warm, pooled),
        ("the same beside fork: clock", warm, forked),
    ]
    print("measure,unit,multiproc,cpython")
    for name, mine, theirs in rows:
        print('"%s",ms,%.1f,%.1f' % (name, mine, theirs))


if __name__ == "__main__":
    if sys.argv[1] == "pool":
        print(pool(sys.argv[2]))
    elif sys.argv[1] == "word":
        word()
    else:
        main()
