"""HOST PORT KEY: acquires the lock that the test shows to others, then does nothing more."""
import sys

from common import named

m = named("silent")
guard = m["guard"]
print(guard.acquire(), flush=True)
sys.stdin.read()
