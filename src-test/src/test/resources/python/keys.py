"""HOST PORT KEY WORD: what a key with a role may do; 'read', 'use', 'blocked' (a call waits), 'idle' (between two calls), 'hold' (holds what others may not
see) 'guess' or 'drop' (make up idents)."""
import multiprocessing
import sys
from multiprocessing.managers import BaseManager, BaseProxy, RemoteError, Token, dispatch

from common import address, named


class Named(BaseManager):
    pass


NAMES = ["web_scores", "web_jobs", "web_guard", "ops_guard", "secret", "fresh"]
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


def control(method, *args):
    connection = m._Client(address(), authkey=key)
    try:
        return dispatch(connection, None, method, args)
    finally:
        connection.close()


def shown():
    text = control("debug_info")
    return text.count("refcount="), "business" in text


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
    tried("shutdown", lambda: control("shutdown"))
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
if word == "hold":
    guard = m.ops_guard()
    keys = iter(named("secret"))
    print("held", flush=True)
    sys.stdin.readline()
    tried("next", lambda: next(keys))
if word == "guess":
    guard = m.web_guard()
    begin = guard._token.id[:8]

    def forged(method, *args, incref=False):
        token = Token("Lock", guard._token.address, guard._token.id[:10] + "5")
        proxy = BaseProxy(token, "pickle", authkey=key, exposed=(method,), incref=incref)
        return proxy._callmethod(method, args)

    tried("acquire", lambda: forged("acquire", False))
    tried("release", lambda: forged("release"))
    tried("str", lambda: forged("__str__").split(" at ")[0])
    tried("held", lambda: forged("__str__", incref=True).split(" at ")[0])
    tried("incref", lambda: control("incref", begin + "011"))
    tried("methods", lambda: control("get_methods", Token("dict", guard._token.address, begin + "011")))
    for n in "1234":
        tried("iterator", lambda: control("incref", begin + "ff" + n))
    tried("shown", shown)
if word == "drop":
    begin = m.web_guard()._token.id[:8]
    for n in "1234" * 5:
        tried("drop", lambda: control("decref", begin + "ff" + n))
