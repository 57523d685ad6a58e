"""HOST PORT KEY WORD: 'hold' acquires what the test shows to others and ends abruptly, 'wait' waits for it."""
import os
import sys

from common import named

m = named("orphans")
lock, pool, condition = m["lock"], m["pool"], m["condition"]
if sys.argv[4] == "hold":
    print(lock.acquire(), pool.acquire(), pool.acquire())
    sys.stdout.flush()
    os._exit(0)
if sys.argv[4] == "wait":
    print(lock.acquire(), pool.acquire(), flush=True)
    lock.release()
if sys.argv[4] == "permit":
    print(pool.acquire(), pool.release(), flush=True)
if sys.argv[4] == "release":
    print(lock.release(), lock.acquire(False), lock.release())
if sys.argv[4] == "condition":
    condition.acquire()
    print("waiting", flush=True)
    condition.wait()
