"""Shares queues with a Java program that shuts them down, or waits until this does: HOST PORT KEY."""
import multiprocessing
import sys
from multiprocessing.managers import BaseManager

from common import address, show


class Named(BaseManager):
    pass


for name in ("theirs", "full", "ours"):
    Named.register(name)
key = multiprocessing.current_process().authkey = bytes.fromhex(sys.argv[3])
m = Named(address=address(), authkey=key)
m.connect()
theirs, full, ours = m.theirs(), m.full(), m.ours()
print("ready")
# they shut down while this waits
show("get", lambda: theirs.get())
show("put", lambda: full.put("second"))
show("left", lambda: (full.get(), full.qsize()))
show("get timeout", lambda: full.get(timeout=30))
# they wait while this shuts down
sys.stdin.readline()
show("shutdown", lambda: ours.shutdown())
sys.stdin.readline()
show("immediate", lambda: ours.shutdown(immediate=True))
