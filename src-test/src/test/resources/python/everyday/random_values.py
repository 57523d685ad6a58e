"""Random values: equality, keys, order and texts, as CPython's own server has them. MP_SEED repeats a run."""
import collections
import datetime
import decimal
import fractions
import ipaddress
import os
import pathlib
import random
from where import connect, show
from shapes import Key, Level, Many, Name, Point, Text

seed = int(os.environ.get("MP_SEED", "1"))
r = random.Random(seed)
m = connect()
print("seed", seed)


def number():
    n = r.randrange(-2, 4)
    return r.choice([n, float(n), bool(n > 0), Many(n), Level(n & 1), fractions.Fraction(n), fractions.Fraction(n, 4), n / 4, decimal.Decimal(n), decimal.Decimal(n) / 4, complex(n), 2**64 + n, float(2**64)])


def scalar():
    s = r.choice(["", "a", "ada", "b"])
    hour = datetime.datetime(2025, 1, 2, r.randrange(2, 4))
    return r.choice([number(), number(), s, Text(s), Name.ADA, s.encode(), None, pathlib.PurePosixPath(s), ipaddress.ip_address(r.randrange(3)), hour, hour.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=r.randrange(2)))), hour.time(), range(r.randrange(3)), int])


def key(depth=0):
    if depth == 2 or r.random() < 0.6:
        return scalar()
    parts = [key(depth + 1) for _ in range(r.randrange(3))]
    return r.choice([tuple(parts), Point(key(depth + 1), 1), frozenset(parts[:1]), tuple(parts)])


def value(depth=0):
    if depth == 3 or r.random() < 0.4:
        return key(1)
    parts = [value(depth + 1) for _ in range(r.randrange(3))]
    pairs = {key(1): x for x in parts}
    return r.choice([parts, tuple(parts), pairs, collections.OrderedDict(pairs), collections.defaultdict(list, pairs), collections.deque(parts), collections.UserList(parts), bytearray(b"a"), parts * 2, [parts, parts]])


for i in range(60):
    x, y = value(), value()
    show("equal %d" % i, lambda: (x in m.list([y]), y in m.list([x]), x in m.list([x]), m.list([x, y, x]).count(x)))
for i in range(40):
    keys = [key() for _ in range(6)]
    show("keys %d" % i, lambda: (lambda d: (len(d), d == dict.fromkeys(keys), [d[k] for k in keys]))(m.dict([(k, j) for j, k in enumerate(keys)]).copy()))
    show("found %d" % i, lambda: (lambda d: (len(d), [d[k] for k in keys], [k in d for k in keys]))(m.dict([(k, j) for j, k in enumerate(keys)])))
for i in range(30):
    numbers = [number() for _ in range(5)]
    numbers = [x for x in numbers if not isinstance(x, complex) and type(x) is not fractions.Fraction]
    show("order %d" % i, lambda: (lambda l: (l.sort(), l[:])[1])(m.list(numbers)))
for i in range(30):
    x = [r.choice([None, True, 1.5, -3, 2**70, "a'b", 'a"b', b"\x00'", Many(3), Text("t"), (), (1,), frozenset(), {1: [2]}, collections.defaultdict(int, a=1), collections.deque([1], 2), fractions.Fraction(1, 3), decimal.Decimal("1.50"), datetime.date(2025, 1, 2), range(3)]) for _ in range(3)]
    show("text %d" % i, lambda: str(m.list(x)))
