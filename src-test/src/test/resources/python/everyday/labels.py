"""Values and arrays: what their type lets in."""
import array
import ctypes
import decimal
import fractions
from where import connect, show
from shapes import Color, Level, Many

m = connect()
for label, start, values in [
    ("i", 0, [1, True, Level.HIGH, Many(2), 1.5, "x", None, Color.RED, decimal.Decimal("0.5"), [1], 2**70, 1 + 2j]), ("d", 0.0, [1, True, "x", None, fractions.Fraction(1, 2)]), ("c", b"a", ["b", b"bc", 1, None]), ("s", "", ["idle", None, 1]), ("b", 1, [300, -129]), ("u", "a", ["bc", 1]), (int, 0, [1, "x"]), (ctypes.c_int, 3, [2**40, None]), (None, None, [1, "x"]),
]:
    v = m.Value(label, start)
    for x in values:
        def change():
            v.value = x
            return v.value, v.get(), type(v.get()).__name__

        show("Value(%r).value = %r" % (getattr(label, "__name__", label), x), change)
    show("Value(%r) text" % (getattr(label, "__name__", label),), lambda: str(v))


def divided():
    v = m.Value("i", 6)
    v.value /= 4
    return v.value


show("divided", divided)
show("'c' from text", lambda: m.Value("c", b"x").value)
for label, args in {
    "i": ("i", [1, 2]), "IntEnum": ("i", [Level.HIGH, Many(3)]), "bool": ("b", [True, False]), "d of ints": ("d", [1, Level.HIGH]), "d of Fractions": ("d", [fractions.Fraction(1, 2), decimal.Decimal("0.25")]), "i of float": ("i", [1.5]), "u": ("u", "ab"), "bytes": ("B", b"ab"), "bytearray": ("b", bytearray(b"ab")), "range": ("l", range(3)), "generator": ("i", iter([1, 2])), "tuple": ("h", (1, 2)), "array": ("i", array.array("h", [1, 2])), "set": ("i", {1}), "map": ("i", map(int, "12")),
    "empty": ("i", []), "c": ("c", [b"a"]), "number": ("i", 3), "ctypes": (ctypes.c_int, [1]), "None": (None, [1]), "too large": ("b", [200]), "text in i": ("i", ["x"]), "Q": ("Q", [2**64 - 1]), "f": ("f", [0.1]), "dict": ("i", {1: 2}), "empty text": ("", []), "w": ("x", []),
}.items():
    show("Array(%s)" % label, lambda: (lambda a: (a[:], len(a), str(a)))(m.Array(*args)))
a = m.Array("i", [1, 2, 3])
for label, x in {"IntEnum": Level.HIGH, "bool": True, "int subclass": Many(9), "float": 1.0, "None": None, "big": 2**40, "text": "1"}.items():
    show("a[0] = %s" % label, lambda: (a.__setitem__(0, x), a[0]))
    show("a[%s]" % label, lambda: a[x])
show("a slice", lambda: (a.__setitem__(slice(0, 2), array.array("i", [7, 8])), a[:]))
show("a slice of list", lambda: a.__setitem__(slice(0, 2), [1, 2]))
