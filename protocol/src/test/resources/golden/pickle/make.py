"""Prints golden pickles of this interpreter: name, version, protocol, hexadecimal digits. Run by hand; see pickles.tsv."""
import array, collections, datetime, decimal, fractions, pickle, queue, sys, types, uuid

shared = [1]
loop = []
loop.append(loop)
ring = ([],)
ring[0].append(ring)
own = {}
own["me"] = own


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


Point.__module__ = "shapes"
shapes = types.ModuleType("shapes")
shapes.Point = Point
sys.modules["shapes"] = shapes

utc = datetime.timezone.utc
VALUES = {
    "none": None, "true": True, "false": False,
    "ints": [0, 1, -1, 255, 256, 65535, 65536, -65536, 2**31 - 1, 2**31, -2**31, 2**63 - 1, 2**63, -2**63, -2**63 - 1],
    "big": 7 ** 1000, "negative_big": -(7 ** 1000),
    "floats": [0.0, -0.0, 1.5, 1e300, 5e-324, float("inf"), float("-inf")],
    "texts": ["", "a", "ä", "€", "\U0001f600", "\ud800", "x\udc00y", "line\nback\\slash\r'\"", "\x00\x1a"],
    "long_text": "abc" * 100,
    "bytes": [b"", b"abc", bytes(range(256)), b"x" * 300],
    "bytearray": bytearray(b"abc"), "no_bytearray": bytearray(),
    "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    "nested": {"a": [1, (2, {"b": {3: None}})]},
    "sets": [set(), {1}, frozenset(), frozenset([1])],
    "long_list": list(range(2500)), "long_dict": {i: str(i) for i in range(2500)},
    "sharing": [shared, shared, (shared,)], "loop": loop, "ring": ring, "own": own,
    "dates": [datetime.date(2020, 2, 29), datetime.time(1, 2, 3, 4), datetime.datetime(1, 1, 1),
              datetime.datetime(2026, 11, 24, 13, 5, 6, 7, utc),
              datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))),
              datetime.timedelta(-1, 5, 7), datetime.timedelta(999999999)],
    "decimals": [decimal.Decimal("1.50"), decimal.Decimal("-1E+30"), decimal.Decimal("NaN"), decimal.Decimal("-0")],
    "uuid": uuid.UUID("12345678-1234-5678-1234-567812345678"), "small_uuid": uuid.UUID(int=5),
    "point": Point(1, [2]), "class": Point, "function": len,
    "complex": 1 + 2j, "range": range(1, 10, 2), "slice": slice(1, None, 2), "ellipsis": ...,
    "array": array.array("i", [1, -2]), "fraction": fractions.Fraction(1, 3),
    "ordered": collections.OrderedDict([("b", 1), ("a", 2)]), "default": collections.defaultdict(list, {1: [2]}),
    "counter": collections.Counter("aab"), "deque": collections.deque([1, 2], 5),
    "key_error": KeyError("zz"), "empty": queue.Empty(),
}
for name, value in VALUES.items():
    for protocol in range(6):
        try:
            data = pickle.dumps(value, protocol)
        except Exception:
            continue
        print(name, "%d.%d" % sys.version_info[:2], protocol, data.hex(), sep="\t")
