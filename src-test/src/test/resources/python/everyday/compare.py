"""Runs programs against CPython's own server and against another one, and tells the lines that differ.

compare.py PORT KEY [NAME...]: the port of the other server at 127.0.0.1 or the path of its Unix socket, its key as text, and programs of this folder (all).
Ends with 0 if just those lines differ that differs.txt lists.
"""
import os
import random
import socket
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
port, key = sys.argv[1:3]
ours_are = ("compare", "killed", "newer_proxies", "pyserver", "random_values", "refused", "shapes", "where")
names = sys.argv[3:] or sorted(x[:-3] for x in os.listdir(here) if x.endswith(".py") and x[:-3] not in ours_are)
seed = os.environ.get("MP_SEED", str(random.randrange(1 << 32)))


def env(port):
    return dict(os.environ, MP_PORT=str(port), MP_KEY=key, MP_SEED=seed, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")


def run(name, port):
    try:
        r = subprocess.run([sys.executable, "-W", "ignore", os.path.join(here, name + ".py")], env=env(port), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=150)
        text = r.stdout
    except subprocess.TimeoutExpired as e:
        text = (e.stdout or b"") + b"\n(never ends)"
    return text.decode("utf-8", "replace").splitlines()


def label(line):
    return line.split(" -> ")[0]


def listed(name):
    with open(os.path.join(here, "differs.txt"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("|") for line in f if line.strip() and not line.startswith("#")]
    return {row[1] for row in rows if row[0] == name}


bad = differ = total = 0
for name in names:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        own_port = s.getsockname()[1]
    own = subprocess.Popen([sys.executable, os.path.join(here, "pyserver.py")], env=env(own_port), stdout=subprocess.PIPE)
    own.stdout.readline()
    try:
        expected = run(name, own_port)
    finally:
        own.kill()
        own.wait()
    got = run(name, port)
    known = listed(name)
    wrong = 0
    for i in range(max(len(expected), len(got))):
        a = expected[i] if i < len(expected) else "(nothing)"
        b = got[i] if i < len(got) else "(nothing)"
        if a != b:
            wrong += 1
        if (a != b) != (label(a) in known):
            bad += 1
            print(name, "CPython:", a)
            print(" " * len(name), "ours:   ", b, "" if a != b else "(is listed as different)")
    differ += wrong
    total += len(expected)
    print("==", name, wrong, "of", len(expected), flush=True)
print("== in all", differ, "of", total, "seed", seed)
sys.exit(1 if bad else 0)
