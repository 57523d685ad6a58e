"""What the server cannot do is an error at once, and the connection lives on.

refused.py PORT KEY: not compared with CPython's own server, which does it."""
import collections
import multiprocessing
import os
import sys

os.environ.update(MP_PORT=sys.argv[1], MP_KEY=sys.argv[2])
from shapes import Plain, Point
from where import connect

m = connect()


def error(f, kind, text):
    try:
        f()
    except Exception as e:
        assert type(e).__name__ == kind and text in str(e), repr(e)[-500:]
    else:
        raise AssertionError("no error: " + text)


large = b"x" * (70 << 20)
d = m.dict(a=1)
q = m.Queue()
error(lambda: d.__setitem__("k", large), "ValueError", "send it in parts")
error(lambda: q.put(large), "ValueError", "send it in parts")
error(lambda: m.list([large]), "RemoteError", "send it in parts")
assert d.copy() == {"a": 1} and q.empty()

# what is too large to be compared by content is kept as it came
half = b"y" * (2 << 20)
for v in (Point(Plain(half), 1), collections.defaultdict(int, a=Plain(half)), collections.OrderedDict(a=Point(Plain(half), 2)), [half, Plain(half)]):
    assert m.list([v])[0] == v

here, there = multiprocessing.Pipe()
for f in (lambda: d.__setitem__("k", here), lambda: d.update(k=[here]), lambda: m.list().append((1, here)), lambda: setattr(m.Namespace(), "x", here)):
    error(f, "TypeError", "put it into a Queue")
error(lambda: m.list([here]), "RemoteError", "put it into a Queue")
q.put(("end", here))
name, taken = q.get()
there.send("through")
assert name == "end" and taken.recv() == "through"
print("refused what it should")
