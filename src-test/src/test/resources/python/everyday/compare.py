"""Runs programs against CPython's own server and against the one at MP_OURS (port), and tells the lines that differ: compare.py [NAME...]"""
import difflib
import os
import socket
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
names = sys.argv[1:] or sorted(x[:-3] for x in os.listdir(here) if x.endswith(".py") and x not in ("compare.py", "pyserver.py", "shapes.py", "where.py"))
key = "a-key-of-programs-that-are-compared"


def run(name, port, k):
    try:
        r = subprocess.run([sys.executable, "-W", "ignore", os.path.join(here, name + ".py")], env=dict(os.environ, MP_PORT=str(port), MP_KEY=k, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100)
        return r.stdout.decode("utf-8", "replace").splitlines()
    except subprocess.TimeoutExpired as e:
        return (e.stdout or b"").decode("utf-8", "replace").splitlines() + ["(never ends)"]


total = differ = 0
for name in names:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    own = subprocess.Popen([sys.executable, os.path.join(here, "pyserver.py")], env=dict(os.environ, MP_PORT=str(port), MP_KEY=key, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1"), stdout=subprocess.PIPE)
    own.stdout.readline()
    try:
        expected = run(name, port, key)
    finally:
        own.kill()
    got = run(name, os.environ["MP_OURS"], os.environ["MP_KEY"])
    total += len(expected)
    bad = 0
    for tag, a, b, c, e in difflib.SequenceMatcher(None, expected, got, False).get_opcodes():
        if tag != "equal":
            bad += max(b - a, e - c)
            for x in range(max(b - a, e - c)):
                print(name, "CPython:", expected[a + x] if a + x < b else "(nothing)")
                print(" " * len(name), "ours:   ", got[c + x] if c + x < e else "(nothing)")
    differ += bad
    print("==", name, bad, "of", len(expected), flush=True)
print("== in all", differ, "of", total)
