"""Puts None wherever it can be put: HOST PORT KEY. What is shared was made by the Java program."""
import multiprocessing
import sys
from multiprocessing.managers import BaseManager, DictProxy, ListProxy, NamespaceProxy


class Named(BaseManager):
    pass


Named.register("none_dict", proxytype=DictProxy)
Named.register("none_list", proxytype=ListProxy)
Named.register("none_namespace", proxytype=NamespaceProxy)
for name in ("none_queue", "none_work", "none_simple"):
    Named.register(name)

key = bytes.fromhex(sys.argv[3])
multiprocessing.current_process().authkey = key
m = Named(address=(sys.argv[1], int(sys.argv[2])), authkey=key)
m.connect()
shared = {name: getattr(m, "none_" + name)() for name in ("dict", "list", "namespace", "queue", "work", "simple")}
for line in sys.stdin:
    words = line.split()
    if words[0] == "put":
        shared[words[1]].put(None)
    elif words[0] == "append":
        shared["list"].append(None)
    elif words[0] == "set":
        shared["namespace"].x = None
    elif words[0] == "key":
        shared["dict"][None] = 1
    elif words[0] == "item":
        shared["dict"][words[1]] = None
    print("done")
    sys.stdout.flush()
