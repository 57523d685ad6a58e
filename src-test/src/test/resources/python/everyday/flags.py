"""What counts as true and false: flags of locks, semaphores, queues and sort."""
import collections
import decimal
import enum
import fractions
from where import connect, show
from shapes import Color, Level, Many, Name, Perm, Plain, Point, Text

m = connect()
FALSE = {"0": 0, "0.0": 0.0, "0j": 0j, "None": None, "False": False, "''": "", "b''": b"", "[]": [], "()": (), "{}": {}, "set()": set(), "frozenset()": frozenset(), "bytearray": bytearray(), "range(0)": range(0),
         "IntEnum 0": Level.LOW, "int subclass 0": Many(0), "str subclass ''": Text(""), "Decimal 0": decimal.Decimal("0.00"), "Fraction 0": fractions.Fraction(0), "deque": collections.deque(), "OrderedDict": collections.OrderedDict(),
         "defaultdict": collections.defaultdict(int), "Counter": collections.Counter(), "Flag 0": Perm(0), "-0.0": -0.0, "UserList": collections.UserList(), "UserDict": collections.UserDict(), "UserString": collections.UserString("")}
TRUE = {"1": 1, "'no'": "no", "[0]": [0], "(0,)": (0,), "{0: 0}": {0: 0}, "IntEnum 1": Level.HIGH, "int subclass": Many(-1), "StrEnum": Name.ADA, "Enum": Color.RED, "Flag": Perm.R, "named tuple": Point(0, 0), "dataclass": Plain(0),
        "Decimal": decimal.Decimal("0.1"), "nan": float("nan"), "range": range(1), "bytearray": bytearray(1), "deque": collections.deque([0]), "b'\\0'": b"\0", "class": int}


def held(kind):
    lock = kind()
    if kind == m.Lock:
        lock.acquire()
    return lock


for label, flag in FALSE.items():
    show("lock.acquire(%s)" % label, lambda: held(m.Lock).acquire(flag))
    show("semaphore.acquire(%s)" % label, lambda: m.Semaphore(0).acquire(flag))
    show("queue.get(%s)" % label, lambda: m.Queue().get(flag, 0.01))
    show("queue.put(%s)" % label, lambda: (lambda q: (q.put(1), q.put(2, flag, 0.01)))(m.Queue(1)))
    show("sort(reverse=%s)" % label, lambda: (lambda x: (x.sort(reverse=flag), x[:])[1])(m.list([1, 3, 2])))
for label, flag in TRUE.items():
    show("lock.acquire(%s, 0)" % label, lambda: held(m.Lock).acquire(flag, 0))
    show("semaphore.acquire(%s, 0)" % label, lambda: m.Semaphore(0).acquire(flag, 0))
    show("queue.get(%s, 0.01)" % label, lambda: m.Queue().get(flag, 0.01))
    show("sort(reverse=%s)" % label, lambda: (lambda x: (x.sort(reverse=flag), x[:])[1])(m.list([1, 3, 2])))
