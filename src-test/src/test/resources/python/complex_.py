"""Complex numbers: what Java stored, keys that are equal to real ones, and what Python stores; and bytes of type code c."""
import sys
from multiprocessing.managers import ArrayProxy

import common

d = common.named("complex")
print(d["java"], type(d["java"]).__name__, d["negative zero"], d["nan"])
print(d[2], d[2.0], d[complex(2, 0)], d[complex(2, -0.0)], d[(1, complex(3, 0))], d.get(complex(2, 1)))
d[complex(0, 1)] = [1 - 2j, complex(float("inf"), -0.0)]
d[True] = "one"
print(d[complex(1, 0)], str(d.copy()[complex(0, 1)]))
values = common.connect()
v = values.Value("c", b"a")
print(v.value, v)
v.set(b"b")
print(v.get())
for other in (b"bc", "b"):
    v.set(other)
    print(v.get())


class Named(common.BaseManager):
    pass


Named.register("bytes", proxytype=ArrayProxy)
named = Named(address=common.address(), authkey=bytes.fromhex(sys.argv[3]))
named.connect()
text = named.bytes()
text[1:3] = b"yz"
print(text[0], text[:], len(text))
try:
    values.Array("c", b"ab")
except Exception as e:
    print(type(e).__name__)
print(values.Value("P", 1).value)
