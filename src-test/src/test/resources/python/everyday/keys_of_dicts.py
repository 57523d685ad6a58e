"""Keys of dicts that are none of the plain types: each is found again, and is the key that it equals."""
import collections
import datetime
import decimal
import fractions
import ipaddress
import pathlib
import uuid
from where import connect, show
from shapes import Color, Key, Level, Many, Name, Perm, Point, Ranked, Text, divmod_ten

m = connect()
utc = datetime.timezone.utc
cest = datetime.timezone(datetime.timedelta(hours=2))
noon = datetime.datetime(2025, 1, 2, 12)
KEYS = {
    "Enum": (Color.RED, Color.RED, Color.BLUE), "IntEnum": (Level.HIGH, 1, 0), "int for IntEnum": (1, Level.HIGH, Level.LOW), "StrEnum": (Name.ADA, "ada", "eve"), "Flag": (Perm.R, Perm.R, Perm.W), "Flags": (Perm.R | Perm.W, Perm.W | Perm.R, Perm.R),
    "named tuple": (Point(1, 2), (1, 2), (2, 1)), "tuple for one": ((1, 2), Point(1, 2), Point(2, 1)), "frozen dataclass": (Key(1, "a"), Key(1, "a"), Key(2, "a")), "int subclass": (Many(7), 7, 8), "str subclass": (Text("t"), "t", "u"),
    "Path": (pathlib.PurePosixPath("a/b"), pathlib.PurePosixPath("a/b"), "a/b"), "IPv4": (ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("10.0.0.2")), "IPv6": (ipaddress.ip_address("::1"), ipaddress.ip_address("::1"), 1),
    "network": (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("10.0.0.0/8"), "10.0.0.0/8"), "Fraction": (fractions.Fraction(1, 2), 0.5, fractions.Fraction(1, 3)), "float for Fraction": (0.5, fractions.Fraction(1, 2), 0.25), "Fraction whole": (fractions.Fraction(4, 2), 2, 3),
    "complex": (1 + 2j, 1 + 2j, 1 - 2j), "complex whole": (3 + 0j, 3, 4), "utc": (noon.replace(tzinfo=utc), noon.replace(tzinfo=utc), noon), "zones": (noon.replace(tzinfo=utc), noon.replace(hour=14, tzinfo=cest), noon.replace(tzinfo=cest)), "zone first": (noon.replace(hour=14, tzinfo=cest), noon.replace(tzinfo=utc), noon),
    "naive": (noon, noon, noon.date()), "time": (noon.time(), noon.time(), datetime.time(13)), "zoned time": (datetime.time(12, tzinfo=utc), datetime.time(12, tzinfo=utc), datetime.time(12)), "zoned times": (datetime.time(12, tzinfo=utc), datetime.time(14, tzinfo=cest), datetime.time(13, tzinfo=cest)),
    "timedelta": (datetime.timedelta(1), datetime.timedelta(hours=24), datetime.timedelta(2)), "timezone": (utc, datetime.timezone(datetime.timedelta(0)), cest), "UUID": (uuid.UUID(int=5), uuid.UUID(int=5), 5), "class": (Key, Key, Ranked), "builtin class": (int, int, str), "function": (divmod_ten, divmod_ten, len),
    "range": (range(3), range(0, 3, 1), range(4)), "empty ranges": (range(0), range(5, 5), range(1)), "Decimal": (decimal.Decimal("1.50"), 1.5, 1), "Decimal nan": (decimal.Decimal("Infinity"), float("inf"), decimal.Decimal("-Infinity")), "tuple of Enums": ((Color.RED, 1), (Color.RED, True), (Color.BLUE, 1)),
    "tuple of IntEnum": ((Level.HIGH, "a"), (1, "a"), (0, "a")), "nested": (((Point(1, 2),), Key(1, "b")), (((1, 2),), Key(1, "b")), ((1, 2), Key(1, "b"))), "frozenset": (frozenset([Level.HIGH, "x"]), frozenset(["x", 1]), frozenset(["x"])), "bytes": (b"a", b"a", "a"), "None": (None, None, False), "Ellipsis": (..., ..., None),
    "other Enum": (Color.RED, Color.RED, Perm.R), "date": (noon.date(), noon.date(), noon),
}
for label, (key, same, other) in KEYS.items():
    def look():
        d = m.dict()
        d[key] = "first"
        d[other] = "other"
        d[same] = "second"
        return len(d), d.get(key), d[same], other in d, d.get(other), type(d.keys()[0]).__name__

    show(label, look)
    show(label + ", removed", lambda: (lambda d: (d.pop(same, "absent"), len(d), d.setdefault(other, 2)))(m.dict({key: 1})))
for label, bad in {"list": [1], "dict": {}, "set": {1}, "bytearray": bytearray(b"a"), "tuple of list": (1, [2]), "OrderedDict": collections.OrderedDict(), "defaultdict": collections.defaultdict(int), "Counter": collections.Counter(), "deque": collections.deque(), "slice": slice(1)}.items():
    show("unhashable " + label, lambda: m.dict().get(bad))
    show("unhashable set " + label, lambda: m.dict().__setitem__(bad, 1))
