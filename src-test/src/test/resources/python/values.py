"""Values come back as they went: type by type, with what they share."""
import array
import collections
import datetime
import decimal
import fractions
import random
import sys
import uuid

from common import connect, show

m = connect()
l = m.list()
utc = datetime.timezone.utc
VALUES = [
    None, True, False, 0, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 7**3000, -(7**3000),
    0.0, -0.0, 1.5, float("inf"), 5e-324, "", "a", "x" * 300, "\u00e4", "\U0001f600", "\ud800", "a\udfffb", "\x00",
    b"", b"\x00\xff", b"x" * 70000, "y" * 70000, bytearray(b"abc"), bytearray(),
    [], [1, [2, [3]]], (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {}, {"a": {"b": [1]}}, set(), {1, 2}, frozenset(), frozenset([1, (2, 3)]),
    {1: "int", "1": "text", (1,): "tuple", None: "none", 1.5: "float", b"1": "bytes", frozenset([1]): "frozen"},
    datetime.date(2020, 2, 29), datetime.date.min, datetime.date.max, datetime.time(23, 59, 59, 999999), datetime.time(1, 2, fold=1),
    datetime.datetime(2026, 11, 24, 13, 5), datetime.datetime.max, datetime.datetime(2026, 1, 1, 0, 0, 0, 1, utc), datetime.datetime(2026, 1, 1, fold=1),
    datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30))),
    datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2), "X")), datetime.time(1, tzinfo=utc),
    datetime.timedelta(0), datetime.timedelta(-1, 86399, 999999), datetime.timedelta.max, datetime.timedelta.min, utc,
    decimal.Decimal("1.50"), decimal.Decimal("0"), decimal.Decimal("-0"), decimal.Decimal("NaN"), decimal.Decimal("Infinity"), decimal.Decimal("1E+400"),
    decimal.Decimal("1E-400"), decimal.Decimal("-123456789.123456789123456789"), uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.NAMESPACE_DNS,
    1 + 2j, range(5), range(1, 10, 3), slice(1, 2, 3), ..., NotImplemented, array.array("d", [1.5, 2]), array.array("b"), fractions.Fraction(1, 3),
    collections.OrderedDict([("b", 1), ("a", 2)]), collections.defaultdict(list, {1: [2]}), collections.Counter("aab"), collections.deque([1, 2], 5),
    int, len, KeyError, KeyError("x"), OSError(2, "gone"), random.Random(5).getstate(), list(range(2500)), {i: [i] for i in range(1500)},
]
for v in VALUES:
    def there_and_back():
        l.append(v)
        back = l.pop()
        same = type(back) is type(v) and (back == v or repr(back) == repr(v)) and repr(back)[:200] == repr(v)[:200]
        return "same" if same else ("differs", back)

    show("%s %s" % (type(v).__name__, repr(v)[:60]), there_and_back)
x = [1]
l[:] = [[x, x]]
back = l[0]
show("shared", lambda: (back[0] is back[1], back))
x.append(x)
l[0] = x
back = l[0]
show("recursive", lambda: (back[1] is back, back[0]))
d = {}
d["me"] = (d,)
l[0] = d
back = l[0]
show("recursive dict", lambda: back["me"][0] is back)
deep = []
for _ in range(300):
    deep = [deep]
l[0] = deep
depth, back = 0, l[0]
while back:
    depth, back = depth + 1, back[0]
show("deep", lambda: depth)
show("text", lambda: (l.__setitem__(0, [datetime.date(2020, 1, 2), datetime.timedelta(1, 2), decimal.Decimal("1.5"), uuid.UUID(int=1), utc]), str(l))[1])
show("text", lambda: (l.__setitem__(0, [datetime.datetime(2020, 1, 2, 3, 4, 5, 6, utc), datetime.time(1, 2), datetime.datetime(2020, 1, 1)]), str(l))[1])

