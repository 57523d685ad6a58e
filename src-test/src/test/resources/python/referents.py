"""What every object answers, whatever its type: text, content, copies, methods that it has not, wrong numbers of arguments.

The last argument n/m asks for part n of m.
"""
import array
import copy
import sys
from multiprocessing import connection, managers

from common import connect, masked, show, show_kind

m = connect()
OBJECTS = {
    "Queue": lambda: m.Queue(3),
    "JoinableQueue": lambda: m.JoinableQueue(),
    "Event": lambda: m.Event(),
    "Lock": lambda: m.Lock(),
    "RLock": lambda: m.RLock(),
    "Semaphore": lambda: m.Semaphore(2),
    "BoundedSemaphore": lambda: m.BoundedSemaphore(2),
    "Condition": lambda: m.Condition(),
    "Barrier": lambda: m.Barrier(2),
    "list": lambda: m.list([1, "a"]),
    "dict": lambda: m.dict(a=1),
    "Value": lambda: m.Value("i", 3),
    "Array": lambda: m.Array("i", [1, 2]),
    "Namespace": lambda: m.Namespace(a=1, b="x"),
}
METHODS = {
    "Queue": "empty full get_nowait put put_nowait qsize task_done join",
    "JoinableQueue": "empty full get_nowait put put_nowait qsize task_done join",
    "Event": "is_set set clear wait",
    "Lock": "acquire release",
    "RLock": "acquire release",
    "Semaphore": "acquire release",
    "BoundedSemaphore": "acquire release",
    "Condition": "acquire wait notify notify_all release",
    "Barrier": "__getattribute__ wait abort reset",
    "list": "__add__ __contains__ __delitem__ __getitem__ __len__ __mul__ __reversed__ __rmul__ __setitem__ append count extend index insert"
    " pop remove reverse sort __imul__",
    "dict": "__contains__ __delitem__ __getitem__ __iter__ __len__ __setitem__ clear copy get items keys pop popitem setdefault update values",
    "Value": "get set",
    "Array": "__len__ __getitem__ __setitem__",
    "Namespace": "__getattribute__ __setattr__ __delattr__",
}


def ask(name, *args, **kwds):
    c = connection.Client(m.address, authkey=m._authkey)
    try:
        return managers.dispatch(c, None, name, args, kwds)
    finally:
        c.close()


PART, PARTS = map(int, sys.argv[-1].split("/"))
for name, make in list(OBJECTS.items())[PART::PARTS]:
    o = make()
    print("==", name)
    show("exposed", lambda: sorted(set(ask("create", name, *({"Barrier": (2,), "Value": ("i", 3), "Array": ("i", [1])}.get(name, ())))[1]) - {"shutdown"}))
    show("class", lambda: type(o).__name__)
    show("repr", lambda: masked(repr(o)))
    # where its server's object stands in memory is CPython's own
    show_kind("str", lambda: masked(str(o)).split(" at ")[0].replace(" object", ""))
    if name in ("list", "dict", "Value", "Array", "Namespace"):
        show("text", lambda: str(o))
        show("__str__", lambda: o._callmethod("__str__"))
        show("__repr__", lambda: o._callmethod("__repr__"))
        show("getvalue", lambda: repr(o._getvalue()))
        show("deep copy", lambda: type(copy.deepcopy(o)).__name__)
    else:
        show_kind("getvalue", lambda: type(o._getvalue()).__name__)
    show("unknown", lambda: o._callmethod("nothing"))
    show("hidden", lambda: o._callmethod("__class__"))
    show("private", lambda: o._callmethod("_mutex"))
    for method in METHODS[name].split():
        show_kind(method + " of a keyword", lambda: make()._callmethod(method, (), {"nonesuch": 1}))
        show_kind(method + " of five", lambda: make()._callmethod(method, (1, 2, 3, 4, 5)))
        if method in ("__getattribute__", "put", "put_nowait", "append", "__getitem__", "index", "insert", "remove", "count", "__contains__", "set", "__setattr__"):
            show_kind(method + " of nothing", lambda: make()._callmethod(method, ()) if method != "set" or name == "Value" else None)

if PART == PARTS - 1:
    print("== Iterator")
    d = m.dict(a=1, b=2)
    it = iter(d)
    show("class", lambda: (type(it).__name__, iter(it) is it))
    show("next", lambda: (it.__next__(), next(it)))
    show("end", lambda: it.__next__())
    show("send", lambda: it.send(None))
    show("throw", lambda: it.throw(ValueError))
    show("close", lambda: it.close())
    show("str", lambda: str(it).split(" at ")[0])
    show("unknown", lambda: it._callmethod("nothing"))
    show("methods", lambda: sorted(set(ask("get_methods", d._token))))
    q = m.Queue()
    show("methods of a queue", lambda: sorted(set(ask("get_methods", q._token)) - {"shutdown"}))
    show_kind("methods of nothing", lambda: ask("get_methods", managers.Token("dict", m.address, "nothing")))
    n = m.Namespace(a=1)
    show("attributes", lambda: (getattr(n, "a"), hasattr(n, "zz"), n._callmethod("__getattribute__", ("a",))))
    show_kind("number as a name", lambda: n._callmethod("__getattribute__", (5,)))
    show_kind("set number as a name", lambda: n._callmethod("__setattr__", (5, 1)))
    show_kind("delete missing", lambda: delattr(n, "zz"))
    show("slice of an array", lambda: m.Array("d", [1.5, 2.5, 3.5])[::2] == array.array("d", [1.5, 3.5]))
    plain, reentrant = m.Lock(), m.RLock()
    condition = m.Condition(plain)
    plain.acquire(), reentrant.acquire(), reentrant.acquire()
    show("locked", lambda: (masked(str(plain)), "count=2" in str(reentrant), "<locked" in str(reentrant), masked(str(condition))))
