"""Does what it is told and is killed while it does: HOST PORT KEY."""
import sys
import threading
import time

from common import connect

m = connect()
d = m.dict()
rlock, queue = m.RLock(), m.Queue()
names = {"rlock": rlock, "queue": queue, "dict": d, "lock": m.Lock(), "condition": m.Condition(), "event": m.Event()}
for word in sys.stdin:
    what, _, name = word.strip().partition(" ")
    if what == "share":
        # a named dict of the test's shows the objects to others
        from multiprocessing.managers import BaseManager, DictProxy

        class Named(BaseManager):
            pass

        Named.register("victim", proxytype=DictProxy)
        n = Named(address=m.address, authkey=m._authkey)
        n.connect()
        shared = n.victim()
        for k, v in names.items():
            if k != name:
                shared[k] = v
        print("shared", flush=True)
    elif what == "acquire":
        names[name].acquire()
        print("acquired", flush=True)
    elif what == "get":
        print("getting", flush=True)
        print("got", names[name].get(), flush=True)
    elif what == "forget":
        del d, names["dict"]
        print("forgotten", flush=True)
