"""The README's table of values, from Java and back: HOST PORT KEY. Java has filled 'from_java'; this fills 'from_python' and 'echo'."""
import datetime
import decimal
import types
import uuid

from common import named

utc = datetime.timezone.utc
offset = datetime.timezone(datetime.timedelta(hours=2))
EXPECTED = {
    "none": None, "true": True, "false": False, "double": 1.5, "infinite": float("-inf"), "float": 0.25,
    "text": "caf\u00e9 \U0001f600", "char": "x", "bytes": b"\x00\xff", "empty": b"",
    "byte": 1, "short": 300, "int": -70000, "long": 2**40, "big": 10**30, "most": 2**63 - 1,
    "list": [1, "a", None], "tuple": (1, (2, "b")), "dict": {"a": 1, 2: [True]}, "set": {1, 2}, "frozen": frozenset([1]),
    "date": datetime.date(2026, 2, 28), "time": datetime.time(1, 2, 3, 4), "datetime": datetime.datetime(2026, 2, 28, 1, 2, 3, 4),
    "instant": datetime.datetime(2026, 2, 28, 1, 2, 3, 4, utc), "offset": datetime.datetime(2026, 2, 28, 1, 2, 3, 4, offset),
    "duration": datetime.timedelta(days=-1, microseconds=5), "decimal": decimal.Decimal("-12.340"),
    "uuid": uuid.UUID("12345678-1234-5678-1234-567812345678"),
}


class Plain:
    def __init__(self):
        self.name, self.sizes, self.when = "ada", [1, 2], datetime.date(2026, 1, 1)
        self.inner = complex(1, 2)


class Slotted:
    __slots__ = ("x",)

    def __init__(self):
        self.x = 5


OPAQUE = {"plain": Plain(), "slotted": Slotted(), "complex": 1 + 2j, "range": range(3), "shared": (lambda x: [x, x])([1]), "bytearray": bytearray(b"ab")}

java, ours, echo = named("from_java"), named("from_python"), named("echo")
everything = java.copy()
for name, value in EXPECTED.items():
    if name == "none":
        ours[name] = value  # a Java map has no null of its own
        continue
    got = everything.pop(name)
    if type(got) is not type(value) or got != value:
        print("differs:", name, repr(got), "instead of", repr(value))
    ours[name] = value
    echo[name] = got
for name, value in sorted(everything.items()):
    # a handle: its class, and what brings it back
    print(name, type(value).__name__, value.java_class, sorted(vars(value)))
    echo[name] = value
for name, value in OPAQUE.items():
    ours[name] = value
    back = ours[name]
    print(name, type(back) is type(value), repr(vars(back)) if name == "plain" else "")
print(len(ours), len(echo), "as many as", len(java))
