"""The proxies of CPython 3.14, for older clients and servers: sets, locked() of locks, and the operators of dicts."""
import threading
from multiprocessing.managers import AcquirerProxy, MakeProxyType

SET = (
    "__and__", "__contains__", "__iand__", "__ior__", "__isub__", "__iter__", "__ixor__", "__len__", "__or__", "__rand__", "__ror__", "__rsub__", "__rxor__", "__sub__", "__xor__", "__ge__", "__gt__", "__le__", "__lt__",
    "add", "clear", "copy", "difference", "difference_update", "discard", "intersection", "intersection_update", "isdisjoint", "issubset", "issuperset", "pop", "remove", "symmetric_difference", "symmetric_difference_update", "union", "update",
)
DICT = (
    "__contains__", "__delitem__", "__getitem__", "__ior__", "__iter__", "__len__", "__or__", "__reversed__", "__ror__", "__setitem__", "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
)
LIST = (
    "__add__", "__contains__", "__delitem__", "__getitem__", "__imul__", "__len__", "__mul__", "__reversed__", "__rmul__", "__setitem__", "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
)


def in_place(name):
    def call(self, value):
        self._callmethod(name, (value,))
        return self

    return call


class NewSetProxy(MakeProxyType("BaseNewSetProxy", SET)):
    pass


for name in ("__ior__", "__iand__", "__ixor__", "__isub__"):
    setattr(NewSetProxy, name, in_place(name))


class NewDictProxy(MakeProxyType("BaseNewDictProxy", DICT)):
    _method_to_typeid_ = {"__iter__": "Iterator"}
    __ior__ = in_place("__ior__")


class NewListProxy(MakeProxyType("BaseNewListProxy", LIST)):
    __imul__ = in_place("__imul__")


class NewLockProxy(AcquirerProxy):
    _exposed_ = ("acquire", "release", "locked")

    def locked(self):
        return self._callmethod("locked")


def register(cls):
    cls.register("set", set, NewSetProxy)
    cls.register("dict", dict, NewDictProxy)
    cls.register("list", list, NewListProxy)
    cls.register("Lock", threading.Lock, NewLockProxy)
    return cls
