"""HOST PORT KEY MARKER: bad input on real connections. Prints what came of each; the server serves on."""
import os
import pickle
import re
import struct
import sys
from multiprocessing import connection

from common import address, connect

key = bytes.fromhex(sys.argv[3])
m = connect()
d = m.dict()
ident = d._token.id


def data():
    c = connection.Client(address(), authkey=key)
    c.send((None, "accept_connection", ("hostile",), {}))
    c.recv()
    return c


def raw(c, payload):
    os.write(c.fileno(), payload)


def answer(c):
    """The kind of the reply; what it holds is not for this interpreter to unpickle."""
    try:
        reply = c.recv_bytes()
    except EOFError:
        return "closed"
    except OSError:
        return "reset"
    for inside in (b".java", b"io.multiproc", b"io/multiproc", b"\tat ", os.getcwd().encode()):
        if inside in reply:
            raise AssertionError("internals in %r" % reply)
    return re.match(rb".{0,14}?(#ERROR|#TRACEBACK|#RETURN|#PROXY|#UNSERIALIZABLE)", reply, re.S).group(1).decode()


class Owned:
    def __reduce__(self):
        return os.system, ("touch " + sys.argv[4],)


c = data()
c.send((ident, "__setitem__", ("owned", Owned()), {}))
print("os.system kept as data", answer(c))
c.send((ident, Owned(), (), {}))
print("os.system as a method", answer(c))
c.send_bytes(b"cos\nsystem\n(S'touch " + sys.argv[4].encode() + b"'\ntR.")
print("os.system as a request", answer(c))
whole = pickle.dumps((ident, "update", ({"k": [1, 2.5, b"x", (1,), {3}, None, 10**20]},), {}))
print("cut off at every byte", {raw_cut for n in range(1, len(whole)) for raw_cut in [(c.send_bytes(whole[:n]), answer(c))[1]]})
print("still usable", (c.send((ident, "__len__", (), {})), answer(c))[1])
bomb = b"\x80\x04(\x8c" + bytes([len(ident)]) + ident.encode() + b"\x8c\x0b__setitem__]\x940"
for i in range(100):
    bomb += b"h" + bytes([i]) + b"h" + bytes([i]) + b"\x86\x940"
c.send_bytes(bomb + b"K\x01h\x64\x86}t.")
print("memo bomb", answer(c))
o = m.list([1])


def bombs(leaf):
    """What stands for 2 ** 100 leaves in a few hundred bytes, 100 levels deep."""
    out = leaf + b"\x940"
    for i in range(100):
        out += (b"h" + bytes([i])) * 2 + b"\x86" + b"\x940"
    return out + b"h\x64"


def of(ident, method, value, before=b""):
    return b"\x80\x04(\x8c" + bytes([len(ident)]) + ident.encode() + b"\x8c" + bytes([len(method)]) + method.encode() + b"(" + before + value + b"t}t."


kinds = set()
for leaf in (b"]", b"K\x01", b"N", b"\x8c\x01x", b"}"):
    for method in ("__getitem__", "__contains__", "get", "pop", "update", "setdefault", "__delitem__", "__setitem__"):
        for value in (bombs(leaf), b"(" + bombs(leaf) + b"\x91", bombs(leaf) + b"\x85"):
            c.send_bytes(of(ident, method, value))
            kinds.add(answer(c))
            c.send_bytes(of(ident, method, value, b"K\x01"))
            kinds.add(answer(c))
    for method in ("append", "__contains__", "index", "count", "remove", "extend", "insert", "__add__", "__mul__", "sort", "__getitem__", "__setitem__"):
        c.send_bytes(of(o._token.id, method, bombs(leaf)))
        kinds.add(answer(c))
        c.send_bytes(of(o._token.id, method, bombs(leaf), b"K\x00"))
        kinds.add(answer(c))
    for method in ("sort", "reverse", "__reversed__", "__repr__", "#GETVALUE"):
        c.send_bytes(of(o._token.id, method, b""))
        kinds.add(answer(c))
    for typeid in ("list", "dict", "Namespace", "Queue", "Array", "Value", "Semaphore", "Condition", "Barrier"):
        k = connection.Client(address(), authkey=key)
        k.send_bytes(b"\x80\x04(N\x8c\x06create(\x8c" + bytes([len(typeid)]) + typeid.encode() + bombs(leaf) + b"t}t.")
        kinds.add(answer(k))
        k.close()
    c.send_bytes(b"\x80\x04(" + bombs(leaf) + b"\x8c\x03get)}t.")
    kinds.add(answer(c))
    c.send_bytes(b"\x80\x04(\x8c" + bytes([len(ident)]) + ident.encode() + bombs(leaf) + b")}t.")
    kinds.add(answer(c))
print("memo bombs everywhere", sorted(kinds))
for depth in (100, 990, 100000):
    c.send_bytes(b"\x80\x04(\x8c" + bytes([len(ident)]) + ident.encode() + b"\x8c\x0b__setitem__K\x02" + b"]" * depth + b"a" * (depth - 1) + b"\x86}t.")
    print("nested", depth, answer(c))
wrong = [(), (1,), (1, 2, 3, 4), (None,) * 4, (ident, "get", 5, {}), (ident, "get", (), 5), (ident, "get", ("k",), {1: 2}), ("", "", (), {}), (b"x", "get", (), {}),
         (ident.upper() + "0", "get", ("k",), {}), (ident[:-1] + "fffffff", "get", ("k",), {}), ("x" * 100000, "get", (), {}), (ident, "x" * 100000, (), {}),
         (ident, "__class__", (), {}), (ident, "__init__", (), {}), (ident, "", (), {}), (ident, "get\x00", ("k",), {}), ((ident,), "get", (), {}), [ident, "get", ["k"], {}]]
print("wrong shapes", sorted({(c.send(w), answer(c))[1] for w in wrong}))
c.close()
for name in ("create", "incref", "decref", "get_methods", "debug_info", "number_of_objects", "nonesuch", "__init__", "serve_client"):
    for args in ((), (1,), ("dict", 1, 2), (None,), ("x" * 10000,), (b"x", {}), (("a",),)):
        for kwds in ({}, {"a": 1}, {"typeid": "dict"}):
            k = connection.Client(address(), authkey=key)
            k.send((None, name, args, kwds))
            if answer(k) not in ("#TRACEBACK", "#RETURN"):
                raise AssertionError((name, args, kwds))
            k.close()
print("control requests answered")
for header in (struct.pack("!i", -1) + struct.pack("!Q", 2**63), struct.pack("!i", -1) + struct.pack("!Q", 2**40), struct.pack("!i", -2), struct.pack("!i", 0)):
    c = data()
    raw(c, header + b"\x80\x04")
    print("length", header.hex(), answer(c))
kept = []
for i in range(50):
    # a large frame is announced and never comes
    c = data()
    raw(c, struct.pack("!i", 60 << 20) + b"\x80\x04")
    kept.append(c)
print("announced", d.get("none", "serving"))
