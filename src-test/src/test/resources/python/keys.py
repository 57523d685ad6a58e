"""HOST PORT KEY WORD: what a key with a role may do; 'read', 'use', 'blocked' (a call waits) or 'idle' (between two calls)."""
import multiprocessing
import sys
from multiprocessing.managers import BaseManager, BaseProxy, RemoteError, Token, dispatch

from common import address


class Named(BaseManager):
    pass


NAMES = ["web_scores", "web_jobs", "web_guard", "secret", "fresh"]
for name in NAMES:
    Named.register(name)

key = multiprocessing.current_process().authkey = bytes.fromhex(sys.argv[3])
m = Named(address=address(), authkey=key)
m.connect()


def tried(label, action):
    try:
        print(label, action(), flush=True)
    except (Exception, RemoteError) as e:
        lines = str(e).strip().splitlines()
        if isinstance(e, RemoteError):
            lines = [line for line in lines if not line.startswith("-")]
        print(label, type(e).__name__ + ":", lines[-1] if lines else "", flush=True)


def end():
    connection = m._Client(address(), authkey=key)
    try:
        dispatch(connection, None, "shutdown")
    finally:
        connection.close()


word = sys.argv[4]
if word in ("read", "use"):
    scores = m.web_scores()
    tried("get", lambda: scores.get("ada"))
    tried("update", lambda: scores.update({"ada": 2}))
    jobs = m.web_jobs()
    tried("qsize", jobs.qsize)
    tried("put", lambda: jobs.put("x"))
    tried("take", lambda: jobs.get(True, 0))
    guard = m.web_guard()
    tried("acquire", lambda: guard.acquire(False))
    tried("release", guard.release)
    tried("secret", lambda: m.secret() is not None)
    tried("fresh", lambda: m.fresh("dict") is not None)
    tried("shutdown", end)
    # the ident of another object, made up from one of its own
    ident = scores._token.id
    forged = ident[:10] + "1"

    def guess():
        token = Token("dict", scores._token.address, forged)
        proxy = BaseProxy(token, "pickle", authkey=key, exposed=("copy",), incref=False)
        return proxy._callmethod("copy")

    tried("forged", guess)
if word == "blocked":
    jobs = m.web_jobs()
    guard = m.web_guard()
    guard.acquire()
    print("waiting", flush=True)
    tried("get", jobs.get)
if word == "idle":
    scores = m.web_scores()
    scores.get("ada")
    print("idle", flush=True)
    sys.stdin.readline()
    tried("get", lambda: scores.get("ada"))
