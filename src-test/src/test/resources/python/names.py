"""The optional module of client/python: HOST PORT KEY FOLDER."""
import socket
import sys
import threading
import time

sys.path.insert(0, sys.argv[4])
import multiprocessing

from multiproc_names import chunks, connect

key = bytes.fromhex(sys.argv[3])
m = connect(sys.argv[1], int(sys.argv[2]), key)
scores = m.dict("scores")
scores["ada"] = 1
print(scores, m.dict("scores")["ada"], list(scores))
items = m.list("items")
items.extend(range(2500))
print(sum(chunks(items)), sum(chunks(items, 2500)), sorted(chunks(scores)))
jobs = m.queue("jobs")
jobs.put("x")
print(jobs.get(), jobs.qsize())
with m.lock("guard"):
    print("held")
m.namespace("cfg").x = 5
print(m.namespace("cfg").x)
try:
    m.pool("x")
except AttributeError as e:
    print(e)
try:
    connect(sys.argv[1], int(sys.argv[2]), b"another key, which is wrong")
except multiprocessing.AuthenticationError as e:
    print(str(e).replace(" at %s:%s" % tuple(sys.argv[1:3]), ""))
before = time.monotonic()
try:
    connect("127.0.0.1", 1, key, timeout=0.2)
except TimeoutError as e:
    print(str(e).split(":")[0])
multiprocessing.current_process().authkey = key
# one that takes connections and says nothing, as a server that is stopped
with socket.socket() as silent:
    silent.bind(("127.0.0.1", 0))
    silent.listen(5)
    try:
        connect("127.0.0.1", silent.getsockname()[1], key, timeout=0.5)
    except TimeoutError as e:
        print(str(e).split(" within ")[1])
# one that says half of a message and then nothing
with socket.socket() as half:
    half.bind(("127.0.0.1", 0))
    half.listen(5)
    accepted = []

    def accept():
        conn = half.accept()[0]
        conn.sendall(b"\0\0\0\x20#CHALL")
        accepted.append(conn)

    threading.Thread(target=accept, daemon=True).start()
    try:
        connect("127.0.0.1", half.getsockname()[1], key, timeout=0.5)
    except TimeoutError as e:
        print(str(e).split(" within ")[1])
for kind, name in (("list", "list"), ("dict", "Queue")):
    try:
        getattr(m, kind)(name)
    except ValueError as e:
        print(str(e).split(",")[0])
m.reconnect()
print(m.dict("scores").copy())
