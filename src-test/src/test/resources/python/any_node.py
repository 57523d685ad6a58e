"""A program that is told of one node only, leader or not: any_node.py HOST PORT KEY N"""
import multiprocessing
import sys
from multiprocessing.managers import BaseManager, DictProxy, SyncManager

host, port, key, n = sys.argv[1], int(sys.argv[2]), bytes.fromhex(sys.argv[3]), int(sys.argv[4])
multiprocessing.current_process().authkey = key


class Named(BaseManager):
    pass


Named.register("of_python", proxytype=DictProxy)
named = Named(address=(host, port), authkey=key)
named.connect()
shared = named.of_python()
shared["n"] = n

own = SyncManager(address=(host, port), authkey=key)
own.connect()
queue = own.JoinableQueue()
queue.put("x" * 1_000_000)
text = queue.get()
queue.task_done()
queue.join()
lock = own.Lock()
with lock:
    assert not lock.acquire(False)
print(len(text), shared["n"])
