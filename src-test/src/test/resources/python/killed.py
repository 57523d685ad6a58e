"""HOST PORT KEY NUMBER: counts, puts and takes until told to stop, on a server that is killed now and then. What was not answered is unknown."""
import multiprocessing
import queue
import sys
import time
from multiprocessing.managers import BaseManager, DictProxy

from common import address

number = int(sys.argv[4])


class Shared(BaseManager):
    pass


Shared.register("python_counts", proxytype=DictProxy)
Shared.register("python_items")
Shared.register("stop", proxytype=DictProxy)
key = multiprocessing.current_process().authkey = bytes.fromhex(sys.argv[3])
GONE = (ConnectionError, EOFError, OSError)
deadline = time.monotonic() + 3000


class Objects:
    def __init__(self):
        self.cuts = -1
        self.connect()

    def connect(self):
        self.cuts += 1
        while True:
            try:
                m = Shared(address=address(), authkey=key)
                m.connect()
                self.counts, self.items, self.stop = m.python_counts(), m.python_items(), m.stop()
                return
            except GONE:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


o = Objects()
print("ready", flush=True)
n = 0
put, maybe_put, taken, gets_cut = 0, [], [], 0
while True:
    try:
        o.counts[number] = n + 1
        n += 1
    except GONE:
        o.connect()
        continue  # the same again: a dict entry does not mind
    try:
        if o.counts[number] != n:
            sys.exit("acknowledged %d, then read %r" % (n, o.counts[number]))
        if n % 10 == 0 and o.stop.get("now"):
            break
    except GONE:
        o.connect()
    try:
        o.items.put((number, n))
        put += 1
    except GONE:
        maybe_put.append(n)
        o.connect()
    try:
        taken.append(o.items.get(False))
    except queue.Empty:
        pass
    except GONE:
        gets_cut += 1
        o.connect()
print("count", n)
print("put", put)
print("maybe", *maybe_put)
print("taken", *["%d:%d" % t for t in taken])
print("cuts", o.cuts, gets_cut)
