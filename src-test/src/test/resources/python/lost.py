"""HOST PORT KEY: acquires the lock named guard, then does nothing more."""
import multiprocessing
import sys
from multiprocessing.managers import AcquirerProxy, BaseManager


class Shared(BaseManager):
    pass


Shared.register("guard", proxytype=AcquirerProxy)
key = multiprocessing.current_process().authkey = bytes.fromhex(sys.argv[3])
m = Shared(address=(sys.argv[1], int(sys.argv[2])), authkey=key)
m.connect()
guard = m.guard()
guard.acquire()
print("acquired", flush=True)
sys.stdin.read()
