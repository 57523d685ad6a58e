"""dict, update, list, extend and slices from mappings and iterables that are none of the plain types."""
import array
import collections
import itertools
import operator
import types
from where import connect, show
from shapes import Color, Level, Name, Point, Text, UserSet

m = connect()
MAPPINGS = {
    "defaultdict": collections.defaultdict(int, a=1), "defaultdict of lists": collections.defaultdict(list, {1: [2]}), "OrderedDict": collections.OrderedDict(a=1, b=2), "Counter": collections.Counter("aab"), "UserDict": collections.UserDict(a=1), "ChainMap": collections.ChainMap({"a": 1}, {"a": 2, "b": 3}), "named tuple pairs": [Point("a", 1)], "texts": ["ab", "cd"], "bytes": [b"ab"],
    "sets": [{1}], "lists": [["a", 1]], "str subclass": [Text("ab")], "UserList": collections.UserList([("a", 1)]), "deque": collections.deque([("a", 1)]), "zip": zip("ab", [1, 2]), "zip of three": zip("a", "b", "c"), "zip_longest": itertools.zip_longest("ab", [1]), "enumerate": enumerate("ab", 5), "items": collections.OrderedDict(a=1).items(), "iter of pairs": iter([("a", 1)]), "dict of Enums": {Color.RED: 1, Level.HIGH: 2},
    "zip of range": zip(range(3), range(3)), "map pairs": map(divmod, [7, 9], [2, 4]), "range": range(2), "int": 3, "None": None, "text": "ab", "empty text": "", "empty tuple": (), "short": [(1,)], "unhashable": [([], 1)], "enum of pairs": [Name.ADA], "mappingproxy": dict(types.MappingProxyType({"a": 1})), "nested": {"a": collections.defaultdict(int, b=1)}, "generator of zip": zip(*[iter([1, 2, 3, 4])] * 2),
}
for label, x in MAPPINGS.items():
    show("dict(%s)" % label, lambda: m.dict(x).copy())
MAPPINGS["zip"], MAPPINGS["iter of pairs"] = zip("ab", [1, 2]), iter([("a", 1)])
for label in ["defaultdict", "OrderedDict", "Counter", "UserDict", "ChainMap", "named tuple pairs", "UserList", "zip", "iter of pairs", "deque", "int"]:
    show("update(%s)" % label, lambda: (lambda d: (d.update(MAPPINGS[label], z=1), d.copy())[1])(m.dict()))
ITERABLES = {
    "str subclass": lambda: Text("ab"), "StrEnum": lambda: Name.ADA, "UserList": lambda: collections.UserList([1]), "UserString": lambda: collections.UserString("ab"), "UserDict": lambda: collections.UserDict(a=1), "ChainMap": lambda: collections.ChainMap({"a": 1}, {"b": 1}), "defaultdict": lambda: collections.defaultdict(int, a=1), "Counter": lambda: collections.Counter("aab"), "array d": lambda: array.array("d", [1.5]),
    "array u": lambda: array.array("u", "ab"), "chain": lambda: itertools.chain("ab", [1]), "chain of dict": lambda: itertools.chain({"a": 1}, (2,)), "islice": lambda: itertools.islice("abcdef", 1, 5, 2), "takewhile": lambda: itertools.takewhile(bool, [1, 2, 0, 3]), "dropwhile": lambda: itertools.dropwhile(bool, [1, 0, 3]), "filterfalse": lambda: itertools.filterfalse(None, [0, 1, ""]), "filter int": lambda: filter(int, ["0", "1"]),
    "compress": lambda: itertools.compress("abc", [1, 0, 1]), "cwr": lambda: itertools.combinations_with_replacement("ab", 2), "repeat": lambda: itertools.repeat("x", 2), "product repeat": lambda: itertools.product("ab", repeat=2), "permutations 2": lambda: itertools.permutations("abc", 2), "accumulate mul": lambda: itertools.accumulate([1, 2, 3], operator.mul), "accumulate initial": lambda: itertools.accumulate([1, 2], initial=5),
    "accumulate texts": lambda: itertools.accumulate(["a", "b"]), "starmap pow": lambda: itertools.starmap(pow, [(2, 3)]), "map two": lambda: map(operator.add, [1, 2], [3, 4]), "map upper": lambda: map(str.upper, "ab"), "map str": lambda: map(str, [1, None]), "map len": lambda: map(len, ["a", "bb"]), "map float": lambda: map(float, ["1", 2]), "map int": lambda: map(int, "12"), "map list": lambda: map(list, ["ab"]), "map tuple": lambda: map(tuple, [[1]]),
    "map abs": lambda: map(abs, [-1]), "map chr": lambda: map(chr, [97]), "map ord": lambda: map(ord, "a"), "map bool": lambda: map(bool, [0, 1]), "map getter": lambda: map(operator.itemgetter(1), [(1, 2)]), "zip empty": lambda: zip(), "zip three": lambda: zip([1], [2], [3]), "zip uneven": lambda: zip([1, 2], [3]), "enumerate of zip": lambda: enumerate(zip([1], [2])), "reversed tuple": lambda: reversed((1, 2)), "reversed str": lambda: reversed("ab"),
    "reversed dict": lambda: reversed({"a": 1, "b": 2}), "started iter": lambda: (lambda i: (next(i), i)[1])(iter([1, 2, 3])), "started zip": lambda: (lambda i: (next(i), i)[1])(zip([1, 2], [3, 4])), "started enumerate": lambda: (lambda i: (next(i), i)[1])(enumerate("abc")), "started islice": lambda: (lambda i: (next(i), i)[1])(itertools.islice(range(9), 2, 6)), "started product": lambda: (lambda i: (next(i), i)[1])(itertools.product([1, 2], "ab")), "started chain": lambda: (lambda i: (next(i), i)[1])(itertools.chain([1, 2], [3])),
    "started permutations": lambda: (lambda i: (next(i), i)[1])(itertools.permutations([1, 2, 3])), "started combinations": lambda: (lambda i: (next(i), i)[1])(itertools.combinations([1, 2, 3], 2)), "memory": lambda: bytearray(b"ab"), "set subclass": lambda: UserSet(1, [5]), "range backwards": lambda: range(5, 0, -2), "zip_longest fill": lambda: itertools.zip_longest([1, 2], [3], fillvalue="-"), "int": lambda: 3, "None": lambda: None, "Enum": lambda: Color.RED, "namespace": lambda: types.SimpleNamespace(a=1), "function": lambda: len,
}
for label, make in ITERABLES.items():
    show("list(%s)" % label, lambda: m.list(make())[:])
for label in ["str subclass", "UserList", "Counter", "chain", "map str", "zip three", "array d", "started iter", "int"]:
    show("extend(%s)" % label, lambda: (lambda l: (l.extend(ITERABLES[label]()), l[:])[1])(m.list([0])))
    show("slice = %s" % label, lambda: (lambda l: (l.__setitem__(slice(1, 2), ITERABLES[label]()), l[:])[1])(m.list([0, 1, 2])))
