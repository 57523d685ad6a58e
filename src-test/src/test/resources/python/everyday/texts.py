"""str and repr of shared containers, and sort with keys."""
import array
import collections
import datetime
import decimal
import fractions
import functools
import ipaddress
import operator
import pathlib
import types
from where import connect, show, tidy
from shapes import Color, Level, Many, Name, Perm, Point, Text

m = connect()
utc = datetime.timezone.utc
for label, v in {
    "int subclass": Many(3), "str subclass": Text("t"), "defaultdict": collections.defaultdict(int, a=1), "defaultdict of lists": collections.defaultdict(list, a=[1]), "defaultdict None": collections.defaultdict(None, {1: 2}), "OrderedDict": collections.OrderedDict(a=1), "Counter": collections.Counter("aab"), "Counter empty": collections.Counter(), "deque": collections.deque([1], 3),
    "UserDict": collections.UserDict(a=1), "UserList": collections.UserList([1]), "ChainMap": collections.ChainMap({"a": 1}, {}), "PurePath": pathlib.PurePosixPath("a/b"), "IPv4": ipaddress.ip_address("10.0.0.1"), "IPv6": ipaddress.ip_address("fe80::1:0:0:5"), "network": ipaddress.ip_network("10.0.0.0/8"), "Fraction": fractions.Fraction(1, 3), "Decimal": decimal.Decimal("1.50"),
    "datetime utc": datetime.datetime(2025, 1, 2, 3, tzinfo=utc), "named zone": datetime.timezone(datetime.timedelta(hours=1), "CET"), "timedelta": datetime.timedelta(days=-1, seconds=5), "partial": functools.partial(int, base=2), "range": range(1, 5, 2), "slice": slice(1, None), "class": int, "builtin": len, "namespace": types.SimpleNamespace(a=1, b="x"), "exception": ValueError("x"), "KeyError": KeyError("k"),
    "exception of none": RuntimeError(), "array": array.array("d", [1.5]), "frozenset": frozenset([1]), "bytearray": bytearray(b"a'"), "complex": 1 - 2j, "Ellipsis": ..., "NotImplemented": NotImplemented, "memo": [[1]] * 2, "shared class": collections.OrderedDict, "UUID": __import__("uuid").UUID(int=5), "date": datetime.date(2025, 1, 2), "time": datetime.time(1, 2), "getter": operator.itemgetter(1), "attrgetter": operator.attrgetter("a"),
}.items():
    show("list of " + label, lambda: str(m.list([v])))
    show("dict of " + label, lambda: str(m.dict(k=v)))
for label, v in {"Enum": Color.RED, "IntEnum": Level.HIGH, "StrEnum": Name.ADA, "Flag": Perm.R | Perm.W, "named tuple": Point(1, 2)}.items():
    show("list of " + label, lambda: str(m.list([v])))
rows = [(1, "b", -3), (2, "A", 1), (1, "a", 2)]
words = ["b", "A", "c10", ""]
for label, items, key in [
    ("itemgetter(0)", rows, operator.itemgetter(0)), ("itemgetter(1)", rows, operator.itemgetter(1)), ("itemgetter(0, 2)", rows, operator.itemgetter(0, 2)), ("itemgetter(1, 0)", rows, operator.itemgetter(1, 0)), ("itemgetter(-1)", rows, operator.itemgetter(-1)), ("itemgetter name", [{"n": 2}, {"n": 1}], operator.itemgetter("n")),
    ("itemgetter names", [{"n": 2, "k": 1}, {"n": 1, "k": 1}], operator.itemgetter("k", "n")), ("attrgetter named tuple", [Point(2, 1), Point(1, 3)], operator.attrgetter("x")), ("attrgetter namespace", [types.SimpleNamespace(a=2), types.SimpleNamespace(a=1)], operator.attrgetter("a")), ("attrgetter real", [2, 1], operator.attrgetter("real")), ("int", ["10", "9", " 1 "], int), ("float", ["1e1", "9", "nan"][:2], float),
    ("str.lower", words, str.lower), ("str.upper", words, str.upper), ("len", words, len), ("abs", [-3, 2, -1.5], abs), ("str", [10, 9, "1"], str), ("repr", words, repr), ("bool", [1, 0, "x"], bool), ("tuple", [[2, 1], [1, 2]], tuple), ("list", [(2, 1), (1, 2)], list), ("min", [(3, 1), (2, 2)], min), ("max", [(3, 1), (2, 2)], max), ("sum", [(3, 1), (2, 1)], sum), ("sorted", [(3, 1), (2, 2)], sorted), ("ord", ["b", "a"], ord), ("hash", [3, 1, 2], hash),
    ("str.strip", [" b", "a"], str.strip), ("str.title", words, str.title), ("str.casefold", words, str.casefold), ("neg", [1, 3, 2], operator.neg), ("not_", [1, 0], operator.not_), ("len of Counter", [collections.Counter("ab"), collections.Counter("a")], len), ("str.swapcase", ["aB", "Ab"], str.swapcase), ("round", [1.6, 1.4], round), ("methodcaller", ["b", "A"], operator.methodcaller("lower")), ("dict.get", words, {"b": 1, "A": 2, "c10": 0, "": 5}.get),
    ("itemgetter beyond", rows, operator.itemgetter(5)), ("int of words", ["x"], int), ("len of ints", [1], len),
]:
    show("sort by " + label, lambda: (lambda l: (l.sort(key=key), l[:])[1])(m.list(items)))
