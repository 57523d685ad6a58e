"""What CPython 3.14 added: manager.set(), locked(), and more of dicts and lists."""
import collections
from multiprocessing.managers import SyncManager
from newer_proxies import register
from shapes import Color, Level
from where import connect, show

m = connect(register(type("Newer", (SyncManager,), {})))


def shown(s):
    return sorted(s.copy(), key=repr)


s = m.set([3, 1, "a"])
for label, f in {
    "len": lambda: len(s), "in": lambda: (3 in s, 4 in s, 3.0 in s), "iter": lambda: sorted(map(str, s)), "add": lambda: (s.add(5), s.add(5), len(s)), "discard": lambda: (s.discard(5), s.discard(5)), "remove": lambda: s.remove(3), "remove again": lambda: s.remove(3), "text": lambda: str(m.set([1])), "text of none": lambda: str(m.set()),
    "unhashable": lambda: s.add([]), "unhashable in": lambda: [] in s, "no iterable": lambda: m.set(1), "two arguments": lambda: m.set([1], [2]), "bad arguments": lambda: s.add(), "Enum": lambda: (s.add(Color.RED), s.add(Color.RED), Color.RED in s, Color.BLUE in s, len(s)), "copy": lambda: type(s.copy()).__name__,
    "union": lambda: sorted(m.set([1]).union([2], (3,), {4: 5})), "union of none": lambda: m.set([1]).union(), "intersection": lambda: m.set([1, 2, 3]).intersection([2, 3], [3, 4]), "difference": lambda: m.set([1, 2, 3]).difference([2], [3]), "symmetric_difference": lambda: sorted(m.set([1, 2]).symmetric_difference([2, 3])),
    "isdisjoint": lambda: (m.set([1]).isdisjoint([2]), m.set([1]).isdisjoint([1, 2])), "issubset": lambda: (m.set([1]).issubset([1, 2]), m.set([1, 3]).issubset([1, 2])), "issuperset": lambda: (m.set([1, 2]).issuperset([1]), m.set([1]).issuperset([1, 2])), "symmetric of two": lambda: m.set().symmetric_difference([1], [2]),
    "|": lambda: sorted(m.set([1]) | {2}), "&": lambda: m.set([1, 2]) & {2, 3}, "-": lambda: m.set([1, 2]) - {2}, "^": lambda: sorted(m.set([1, 2]) ^ {2, 3}), "r|": lambda: sorted({2} | m.set([1])), "r&": lambda: {2, 3} & m.set([1, 2]), "r-": lambda: {2, 3} - m.set([2]), "r^": lambda: sorted({2, 3} ^ m.set([1, 2])), "| list": lambda: m.set([1]) | [2],
    "| frozenset": lambda: sorted(m.set([1]) | frozenset([2])), "<": lambda: (m.set([1]) < {1, 2}, m.set([1]) < {1}, m.set([1]) <= {1}, m.set([1, 2]) > {1}, m.set([1]) >= {1, 2}), "< list": lambda: m.set([1]) < [1], "pop": lambda: m.set([7]).pop(), "pop of none": lambda: m.set().pop(), "floats": lambda: (lambda t: (t.add(1), t.add(1.0), t.add(True), len(t)))(m.set()),
    "of a proxy": lambda: sorted(m.set([1]).union(m.list([2]), m.set([3]))), "list of a set": lambda: sorted(m.list(m.set([2, 1]))[:]), "generator": lambda: m.set(x for x in [1]), "text given": lambda: sorted(m.set("ab")),
}.items():
    show("set " + label, f)
for name, other in [("update", [[2, 3], [4]]), ("intersection_update", [[1, 2], [2]]), ("difference_update", [[1], [3]]), ("symmetric_difference_update", [[1, 9]]), ("symmetric_difference_update", [[1], [2]]), ("update", []), ("update", [5])]:
    show("set %s %r" % (name, other), lambda: (lambda t: (getattr(t, name)(*other), sorted(t)))(m.set([1, 2])))
for name in ("__ior__", "__iand__", "__isub__", "__ixor__"):
    show("set " + name, lambda: (lambda t: (type(getattr(t, name)({2, 3})).__name__, sorted(t)))(m.set([1, 2])))
    show("set " + name + " list", lambda: (lambda t: (type(getattr(t, name)([2, 3])).__name__, sorted(t)))(m.set([1, 2])))
for label, f in {
    "lock": lambda: (lambda l: (l.locked(), l.acquire(), l.locked(), l.release(), l.locked()))(m.Lock()), "lock argument": lambda: m.Lock()._callmethod("locked", (1,)),
    "dict |": lambda: m.dict(a=1, b=2) | {"b": 3, "c": 4}, "dict r|": lambda: {"b": 3, "c": 4} | m.dict(a=1, b=2), "dict | pairs": lambda: m.dict(a=1) | [("b", 2)], "dict | keys": lambda: list((m.dict([(1, "a")]) | {1.0: "b", True: "c"}).items()), "dict | Counter": lambda: dict(m.dict(a=1) | collections.Counter("ab")),
    "dict |=": lambda: (lambda d: (type(d.__ior__({"b": 3})).__name__, d.copy()))(m.dict(a=1)), "dict |= pairs": lambda: (lambda d: (type(d.__ior__([("b", 2)])).__name__, d.copy()))(m.dict(a=1)), "dict |= int": lambda: m.dict().__ior__(1), "reversed": lambda: list(reversed(m.dict([(1, 2), (3, 4)]))), "reversed none": lambda: list(reversed(m.dict())),
    "fromkeys": lambda: m.dict(a=1).fromkeys("ab", 0), "fromkeys None": lambda: m.dict().fromkeys([Level.HIGH]), "fromkeys unhashable": lambda: m.dict().fromkeys([[]]), "fromkeys int": lambda: m.dict().fromkeys(1), "list clear": lambda: (lambda l: (l.clear(), len(l)))(m.list([1])), "list copy": lambda: m.list([1, [2]]).copy(),
}.items():
    show(label, f)
