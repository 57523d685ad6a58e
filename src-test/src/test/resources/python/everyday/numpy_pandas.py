"""Scalars and arrays of NumPy and pandas; on a Python that has them (Debian's)."""
import numpy as np
import pandas as pd
from where import connect, show

m = connect()
SCALARS = {"int64": np.int64(1), "int32": np.int32(1), "uint8": np.uint8(1), "uint64": np.uint64(2**63), "float64": np.float64(1.0), "float32": np.float32(0.5), "float16": np.float16(0.5), "bool_": np.bool_(True), "str_": np.str_("a"), "bytes_": np.bytes_(b"a"), "complex128": np.complex128(1), "big-endian": np.array([1], ">i4")[0]}
PLAIN = {"uint64": 2**63, "float32": 0.5, "float16": 0.5, "str_": "a", "bytes_": b"a"}
for label, x in SCALARS.items():
    plain = PLAIN.get(label, 1)
    show("in, " + label, lambda: (plain in m.list([x]), x in m.list([plain]), m.list([0, x]).index(plain)))
    show("key, " + label, lambda: (lambda d: (d.__setitem__(plain, "again"), len(d), d[x], type(d.keys()[0]).__name__))(m.dict({x: "v"})))
    show("text, " + label, lambda: str(m.list([x])))
    show("back, " + label, lambda: (lambda v: (v, type(v).__name__, v.dtype))(m.list([x])[0]))
for label, x in {"False": np.bool_(False), "0": np.int64(0), "0.0": np.float64(0)}.items():
    show("semaphore.acquire(%s)" % label, lambda: m.Semaphore(0).acquire(x))
    show("queue.get(%s)" % label, lambda: m.Queue().get(x))
    show("sort(reverse=%s)" % label, lambda: (lambda l: (l.sort(reverse=x), l[:])[1])(m.list([2, 1])))
one = np.int64(1)
l = m.list(["a", "b", "c"])
show("l[one]", lambda: l[one])
show("l[one:]", lambda: l[one:])
show("pop(one)", lambda: l.pop(one))
show("l * one", lambda: l * one)
show("insert", lambda: (l.insert(one, "x"), l[:])[1])
show("Queue", lambda: (lambda q: (q.put(1), q.full()))(m.Queue(one)))
show("Semaphore", lambda: m.Semaphore(one).acquire(False))
show("Barrier", lambda: m.Barrier(one).wait())
show("Array", lambda: m.Array("i", [np.int32(5), np.int64(6)])[:])
show("Array d", lambda: m.Array("d", [np.float32(0.5), np.float64(1)])[:])
show("Value", lambda: m.Value("i", np.int64(5)).value)
show("event.wait", lambda: m.Event().wait(np.float64(0.01)))
show("queue.get timeout", lambda: m.Queue().get(timeout=np.float32(0.01)))
show("list of array", lambda: m.list(np.arange(3))[:])
show("list of floats", lambda: m.list(np.array([0.5, 1.5]))[:])
show("list of bools", lambda: m.list(np.array([True, False]))[:])
show("list of 2-d", lambda: [list(x) for x in m.list(np.eye(2))])
show("extend by array", lambda: (lambda x: (x.extend(np.arange(2)), x[:])[1])(m.list()))
show("dict of pairs", lambda: m.dict(zip(["a"], np.arange(1))).copy())
show("sort", lambda: (lambda x: (x.sort(), x[:])[1])(m.list([np.int64(2), 1.5, np.float32(1)])))
show("array back", lambda: m.list([np.arange(3)])[0])
show("Series back", lambda: m.list([pd.Series([1, 2])])[0].tolist())
show("list of Series", lambda: m.list(pd.Series([1, 2]))[:])
stamp = pd.Timestamp("2025-01-02 03:04:05")
show("Timestamp key", lambda: (lambda d: (d[stamp], stamp in d, len(d)))(m.dict({stamp: 1})))
show("Timestamp and datetime", lambda: (stamp.to_pydatetime() in m.list([stamp]), stamp in m.list([stamp.to_pydatetime()])))
show("Timestamp text", lambda: str(m.list([stamp])))
show("datetime64 key", lambda: (lambda d: (d[np.datetime64("2025-01-02")], len(d)))(m.dict({np.datetime64("2025-01-02"): 1})))
