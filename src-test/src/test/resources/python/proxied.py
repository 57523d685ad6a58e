"""A program that may stand behind a proxy: ADDRESS (a path, or host:port), KEY in hexadecimal, ROLE."""
import multiprocessing
import sys
from multiprocessing.managers import AcquirerProxy, DictProxy, SyncManager

where, key, role = sys.argv[1], bytes.fromhex(sys.argv[2]), sys.argv[3]
address = where if where.startswith("/") else (where.rsplit(":", 1)[0], int(where.rsplit(":", 1)[1]))


class Named(SyncManager):
    pass


Named.register("outer", proxytype=DictProxy)
Named.register("guard", proxytype=AcquirerProxy)
Named.register("items")
multiprocessing.current_process().authkey = key
m = Named(address=address, authkey=key)
m.connect()
outer = m.outer()
if role == "put":
    inner = m.dict()
    inner["k"] = "from the first"
    outer["inner"] = inner
    outer["big"] = b"x" * 3000000
    print("put")
    sys.stdin.readline()
    print("is", inner["k"])
elif role == "get":
    inner = outer["inner"]
    print("got", inner["k"], len(outer["big"]))
    inner["k"] = "from the second"
elif role == "hold":
    guard = m.guard()
    guard.acquire()
    print("held")
    sys.stdin.readline()
elif role == "lost":
    print("there")
    sys.stdin.readline()
    try:
        outer["k"] = 1
        print("still there")
    except (EOFError, ConnectionError, OSError):
        print("gone")
