"""What the scripts share: connect to CPython's own server (argument "own") or to the one at HOST PORT KEY, and print outcomes."""
import multiprocessing
import re
import sys
from multiprocessing.managers import BaseManager, DictProxy, IteratorProxy, SyncManager


def address():
    """HOST PORT, or the path of a Unix socket."""
    return sys.argv[1] if sys.argv[1].startswith("/") else (sys.argv[1], int(sys.argv[2]))


def named(name):
    """A dict that has this name on the server at HOST PORT KEY."""
    class Named(BaseManager):
        pass

    Named.register(name, proxytype=DictProxy)
    Named.register("Iterator", proxytype=IteratorProxy, create_method=False)
    key = multiprocessing.current_process().authkey = bytes.fromhex(sys.argv[3])
    m = Named(address=address(), authkey=key)
    m.connect()
    return getattr(m, name)()


def connect():
    if sys.argv[1] == "own":
        # beside, as a child: its address is used as any other's
        multiprocessing.current_process().authkey = b"own-key-own-key-own-key"
        server = SyncManager(address=("127.0.0.1", 0), authkey=b"own-key-own-key-own-key")
        server.start()
        manager = SyncManager(address=server.address, authkey=b"own-key-own-key-own-key")
        manager.own = server
    else:
        key = bytes.fromhex(sys.argv[3])
        multiprocessing.current_process().authkey = key
        manager = SyncManager(address=address(), authkey=key)
    manager.connect()
    return manager


def masked(value):
    return re.sub(r"0x[0-9a-f]+", "0x...", value)


def show(label, work):
    try:
        result = work()
        text = masked(repr(result)) + " " + type(result).__name__
    except Exception as e:
        if type(e).__name__ == "RemoteError":
            # of the remote traceback the last line counts: what is above are the server's own lines
            lines = [line for line in str(e).splitlines() if line.strip() and not line.startswith("---")]
            text = "RemoteError " + masked(lines[-1])
        else:
            text = type(e).__module__ + "." + type(e).__name__ + " " + masked(repr(e.args))
    print(label, "->", text)
    sys.stdout.flush()


def show_kind(label, work):
    """For errors whose text differs between versions of CPython."""
    try:
        print(label, "->", repr(work()))
    except Exception as e:
        text = [line for line in str(e).splitlines() if line.strip() and not line.startswith("---")]
        print(label, "->", type(e).__name__, text[-1].split(":")[0] if type(e).__name__ == "RemoteError" else "")
