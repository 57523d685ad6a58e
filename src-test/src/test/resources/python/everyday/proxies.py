"""Proxies within what is not plain, and of the module's forks: they keep their objects."""
import collections
import functools
import gc
import types
from where import connect, show
from shapes import Key, Plain, Point

m = connect()
d, l, q, n = m.dict(), m.list(), m.Queue(), m.Namespace()


class Holder:
    def __init__(self, p):
        self.p = p


PUT = {"dict": lambda v: d.__setitem__("k", v), "list": lambda v: l.append(v), "queue": lambda v: q.put(v), "namespace": lambda v: setattr(n, "a", v), "dict key of tuple": lambda v: d.__setitem__((1,), v), "update": lambda v: d.update(k=v), "extend": lambda v: l.extend([v]), "value": None}
GET = {"dict": lambda: d.pop("k"), "list": lambda: l.pop(), "queue": lambda: q.get(timeout=5), "namespace": lambda: n.a, "dict key of tuple": lambda: d.pop((1,)), "update": lambda: d.pop("k"), "extend": lambda: l.pop(-1)}
MAKE = {"dataclass": (Plain, lambda v: v.x), "namespace": (lambda p: types.SimpleNamespace(p=p), lambda v: v.p), "named tuple": (lambda p: Point(1, p), lambda v: v.y), "frozen": (lambda p: Key(p, "b"), lambda v: v.a), "deque": (lambda p: collections.deque([p]), lambda v: v[0]), "partial": (lambda p: functools.partial(len, p), lambda v: v.args[0]), "in a list": (lambda p: [Plain([p])], lambda v: v[0].x[0])}
for label, (make, find) in MAKE.items():
    for place in GET:
        def through():
            PUT[place](make(m.list([label])))
            gc.collect()
            other = [m.list() for _ in range(3)]
            return find(GET[place]())[:], len(other)

        show(label + " in " + place, through)
def twice():
    d["k"] = Plain(m.dict(a=1))
    gc.collect()
    return [d["k"].x["a"] for _ in range(3)]


show("read often", twice)
show("copied", lambda: (d.__setitem__("j", d["k"]), d.pop("k").x.copy(), gc.collect() and 0, d["j"].x.copy())[1::2])
