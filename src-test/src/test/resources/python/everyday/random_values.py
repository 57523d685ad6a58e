"""Random values: the server's equality, keys, order and texts, against a model of PROTOCOL.md's table made of Python's own. MP_SEED repeats a run.

random_values.py [PORT KEY]"""
import collections
import datetime
import decimal
import fractions
import io
import ipaddress
import os
import pathlib
import pickle
import random
import sys
import uuid

if len(sys.argv) > 2:
    os.environ.update(MP_PORT=sys.argv[1], MP_KEY=sys.argv[2])
from where import connect
from shapes import Color, Key, Level, Many, Name, Point, Text

seed = int(os.environ.get("MP_SEED") or random.randrange(1 << 32))
r = random.Random(seed)
m = connect()
checks = wrong = 0
CARRIERS = (Color, Level, Many, Name, Point, Text)
utc = datetime.timezone.utc


def check(what, got, expected, values):
    global checks, wrong
    checks += 1
    if got != expected:
        wrong += 1
        print(what, values, "got", got, "and not", expected)


def number():
    n = r.randrange(-2, 4)
    return r.choice([n, float(n), bool(n > 0), Many(n), Level(n & 1), fractions.Fraction(n), fractions.Fraction(n, 4), n / 4, decimal.Decimal(n), decimal.Decimal(n) / 4, complex(n), 2**64 + n, float(2**64), fractions.Fraction(n, 10), decimal.Decimal(n) / 10, fractions.Fraction(n, 3)])


def scalar():
    s = r.choice(["", "a", "ada", "b"])
    path = r.choice(["", "a", "ada", "/a", "//a", "///a", "a/./b", "a//b"])
    hour = datetime.datetime(2025, 1, 2, r.randrange(2, 4))
    zone = datetime.timezone(datetime.timedelta(hours=r.randrange(2)), *r.choice([(), ("CET",)]))
    return r.choice([number(), number(), s, Text(s), Name.ADA, s.encode(), None, pathlib.PurePosixPath(path), pathlib.PurePosixPath("a", path), ipaddress.ip_address(r.randrange(3)), hour, hour.replace(tzinfo=zone), hour.time(), hour.time().replace(tzinfo=zone), range(r.randrange(3)), range(1, r.randrange(4)), int, zone, uuid.UUID(int=r.randrange(2)), uuid.UUID(int=r.randrange(2), is_safe=uuid.SafeUUID.safe), Color.RED, Key(r.randrange(2), "a"), collections.UserString(s)])


def key(depth=0):
    if depth == 2 or r.random() < 0.6:
        return scalar()
    parts = [key(depth + 1) for _ in range(r.randrange(3))]
    part = key(depth + 1)
    # twice the same, or two that are equal: no difference
    return r.choice([tuple(parts), Point(part, 1), Point(part, part), Point(part, pickle.loads(pickle.dumps(part))), frozenset(parts[:1])])


def value(depth=0):
    if depth == 3 or r.random() < 0.4:
        return key(1)
    parts = [value(depth + 1) for _ in range(r.randrange(3))]
    pairs = {Id(key(1)): x for x in parts}
    pairs = [(k.of, x) for k, x in pairs.items()]
    r.shuffle(pairs)
    return r.choice([parts, tuple(parts), Pairs(pairs), Pairs(pairs, collections.OrderedDict), Pairs(pairs, collections.OrderedDict), collections.deque(parts), collections.UserList(parts), bytearray(b"a"), parts * 2, [parts, parts]])


class Pairs:
    """A mapping to be: its keys are told apart as the server does."""

    def __init__(self, pairs, of=dict):
        self.pairs = pairs
        self.of = of


class Id:
    """What the server holds for the same: objects whose class decides are their pickle."""

    def __init__(self, of):
        self.of = of
        self.model = model(of)

    def __eq__(self, other):
        return self.model == other.model

    def __hash__(self):
        return hash(self.model)


def written_out(v):
    """Its pickle, as if each part that is there twice were two."""
    out = io.BytesIO()
    pickler = pickle.Pickler(out, 4)
    pickler.fast = True
    pickler.dump(v)
    return out.getvalue()


def model(v):
    if isinstance(v, CARRIERS):
        return "carrier", written_out(v)
    if isinstance(v, (list, tuple, frozenset, collections.deque)):
        return type(v)(model(x) for x in v)
    if isinstance(v, collections.UserList):
        return [model(x) for x in v]
    if isinstance(v, Pairs):
        return v.of((model(k), model(x)) for k, x in v.pairs)
    return v


def real(v):
    """The value itself; one of its dicts may have lost a key to another, which the server would hold apart."""
    if isinstance(v, Pairs):
        out = v.of((real(k), real(x)) for k, x in v.pairs)
        if len(out) < len(v.pairs):
            raise KeyError
        return out
    if type(v) in (list, tuple, collections.deque, collections.UserList):
        return type(v)(real(x) for x in v)
    return v


for i in range(4):
    values = []
    while len(values) < 40:
        x = value()
        try:
            values.append((real(x), model(x)))
        except KeyError:
            pass
    shared = m.list([x for x, _ in values])
    for x, mine in values:
        alike = [mine == other for _, other in values]
        check("count", shared.count(x), sum(alike), [x] + [y for y, _ in values])
        check("index", shared.index(x), alike.index(True), [x] + [y for y, _ in values])
for i in range(12):
    keys = [key() for _ in range(12)]
    own = {}
    shared = m.dict()
    shared.update([(k, j) for j, k in enumerate(keys)])
    for j, k in enumerate(keys):
        own[Id(k)] = j
    others = keys + [key() for _ in range(6)]
    check("keys", len(shared), len(own), keys)
    for k in others:
        check("found", shared.get(k), own.get(Id(k)), [k] + keys)
for i in range(30):
    # Python compares neither with the other
    without = r.choice([fractions.Fraction, decimal.Decimal])
    numbers = [x for x in [number() for _ in range(6)] if type(x) not in (complex, without)]
    shared = m.list(numbers)
    shared.sort()
    check("order", repr(shared[:]), repr(sorted(numbers)), numbers)
for i in range(30):
    x = [r.choice([None, True, 1.5, -3, 2**70, "a'b", 'a"b', b"\x00'", Many(3), Text("t"), (), (1,), frozenset(), {1: [2]}, collections.defaultdict(int, a=1), collections.deque([1], 2), fractions.Fraction(1, 3), decimal.Decimal("1.50"), datetime.date(2025, 1, 2), range(3)]) for _ in range(3)]
    check("text", str(m.list(x)), str(x), x)
print("== random_values", wrong, "of", checks, "seed", seed)
sys.exit(1 if wrong else 0)
