"""Sets the value named "shared" of Java to what its type code does not take, one after the other as lines come."""
import sys
from multiprocessing.managers import ValueProxy

import common


class Named(common.BaseManager):
    pass


Named.register("shared", proxytype=ValueProxy)
named = Named(address=common.address(), authkey=bytes.fromhex(sys.argv[3]))
named.connect()
sys.stdin.readline()
v = named.shared()
print(repr(v.value), flush=True)
for value in (True, "idle", 2**40, None, 5):
    v.value = value
    print(repr(v.value), flush=True)
    sys.stdin.readline()
print(repr(v.value), flush=True)
