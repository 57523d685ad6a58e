"""More of equality, and order: in, index, count and sort."""
import array
import collections
import datetime
import decimal
import fractions
import pathlib
import types
from where import connect, show
from shapes import Color, Key, Level, Many, Name, Perm, Plain, Point, Ranked, Text

m = connect()
utc = datetime.timezone.utc
noon = datetime.datetime(2025, 1, 2, 12)
PAIRS = {
    "Flag": (Perm.R, Perm.R), "Flag/int": (Perm.R, "R"), "Fraction/int": (fractions.Fraction(4, 2), 2), "Fraction/Fraction": (fractions.Fraction(2, 4), fractions.Fraction(1, 2)), "Fraction/Decimal": (fractions.Fraction(1, 2), decimal.Decimal("0.5")), "array": (array.array("i", [1]), array.array("i", [1])),
    "arrays of codes": (array.array("i", [1]), array.array("h", [1])), "UserDict": (collections.UserDict(a=1), {"a": 1}), "UserList": (collections.UserList([1]), [1]), "namespace": (types.SimpleNamespace(a=1), types.SimpleNamespace(a=1)), "int subclass": (Many(3), 3.0), "bool/int subclass": (Many(1), True),
    "tuple in list": ([(1, 2)], [Point(1, 2)]), "Enum in tuple": ((Level.HIGH,), (1,)), "dict of Enums": ({Level.HIGH: Name.ADA}, {1: "ada"}), "dict key Enum": ({"k": Color.RED}, {"k": Color.RED}), "defaultdict of lists": (collections.defaultdict(list, a=[1]), {"a": [1]}), "nested defaultdict": ({"x": collections.defaultdict(int, a=1)}, {"x": {"a": 1}}),
    "ordered dicts, other order": (collections.OrderedDict([("a", 1), ("b", 2)]), {"b": 2, "a": 1}), "Counters": (collections.Counter("ab"), collections.Counter("ba")), "set of tuples": ({(1, 2)}, {Point(1, 2)}), "bytearray in list": ([bytearray(b"a")], [b"a"]), "empty ranges": (range(0), range(3, 3)), "range/list": (range(2), [0, 1]),
    "datetime/date": (noon, noon.date()), "aware/naive": (noon.replace(tzinfo=utc), noon), "times": (datetime.time(1), datetime.time(1)), "str/bytes": ("a", b"a"), "dataclass nested": (Plain([1]), Plain([1])), "dataclass of Enum": (Plain(Level.HIGH), Plain(Level.HIGH)), "exception": (None, 0), "empty": ([], ()), "Path/str": (pathlib.PurePosixPath("a"), "a"),
    "shared dict": ((lambda x: {"a": x, "b": x})([1]), {"a": [1], "b": [1]}), "shared tuple of lists": ((lambda x: (x, x))([1]), ([1], [1])), "complex/float": (0.5 + 0j, 0.5), "2**70": (2**70, float(2**70)), "str subclass": ("t", Text("t")), "type/name": (int, "int"),
}
for label, (a, b) in PAIRS.items():
    def look(x, y):
        l = m.list([0.25, x])
        return y in l, l.count(y), l.index(y) if y in l else -1

    show(label, lambda: look(a, b))
    show(label + ", turned", lambda: look(b, a))
ORDERS = {
    "datetimes": [noon.replace(tzinfo=utc), noon.replace(hour=13, tzinfo=datetime.timezone(datetime.timedelta(hours=2))), noon.replace(hour=9, tzinfo=utc)], "named tuples": [Point(2, 1), (1, 5), Point(1, 2)], "IntEnums": [Level.HIGH, 0.5, Level.LOW], "StrEnum": ["b", Name.ADA, "a"], "Paths": [pathlib.PurePosixPath("b"), pathlib.PurePosixPath("a/b"), pathlib.PurePosixPath("a")],
    "bytearrays": [bytearray(b"b"), b"a", bytearray(b"c")], "sets": [{1, 2}, {1}, {1, 2, 3}], "Fractions": [fractions.Fraction(1, 2), 0.25, fractions.Fraction(1, 3), 1], "int subclasses": [Many(3), 1, Many(2)], "Enums": [Color.RED, Color.BLUE], "dataclasses": [Plain(2), Plain(1)], "times": [datetime.time(2), datetime.time(1)], "mixed": [1, "a"],
    "timedeltas": [datetime.timedelta(2), datetime.timedelta(1)], "Decimals": [decimal.Decimal(2), 1.5, decimal.Decimal("1.4")], "lists of Enums": [[Level.HIGH], [0], [Level.LOW, 1]], "dicts": [{}, {}], "None": [None, 1], "aware and naive": [noon, noon.replace(tzinfo=utc)], "UserLists": [[2], [1]], "bools": [True, False, 0.5],
}
for label, items in ORDERS.items():
    show("sort " + label, lambda: (lambda l: (l.sort(), l[:])[1])(m.list(items)))
    show("sort reverse " + label, lambda: (lambda l: (l.sort(reverse=True), l[:])[1])(m.list(items)))
