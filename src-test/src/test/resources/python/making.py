"""Objects that nobody shared before, and keys from files: HOST PORT KEY FOLDER SCRATCH."""
import os
import sys
from multiprocessing.managers import BaseManager, DictProxy, RemoteError

sys.path.insert(0, sys.argv[4])
import multiprocessing

import multiproc_names
from multiproc_names import chunks, connect

host, port, key, scratch = sys.argv[1], int(sys.argv[2]), bytes.fromhex(sys.argv[3]), sys.argv[5]
path = os.path.join(scratch, "authkey")
with open(path, "wb") as f:
    f.write(key)


class Shared(BaseManager):
    pass


Shared.register("scores", proxytype=DictProxy)
Shared.register("work")
Shared.register("nothing")

# a plain manager, with the bytes of the file as they are
with open(path, "rb") as f:
    raw = f.read()
multiprocessing.current_process().authkey = raw
plain = Shared(address=(host, port), authkey=raw)
plain.connect()
scores = plain.scores("dict")
scores["ada"] = 1
print("raw key:", plain.scores())
work = plain.work("JoinableQueue", maxsize=3)
work.put(5)
print("plain manager:", work.get(), work.empty())
work.task_done()

m = connect(host, port, key)
jobs = m.queue("jobs", 2)
jobs.put("x")
print(m.queue("jobs").get(), jobs.qsize())
m.semaphore("permits", 2)
print(m.value("count", "i", 0).value)
print(list(m.array("numbers", "i", [0] * 3)[:]))
print({"dict", "queue", "array"} <= set(dir(m)))


def failing(do):
    try:
        do()
    except (TypeError, ValueError) as e:
        print("%s: %s" % (type(e).__name__, e))


failing(lambda: m.list("scores"))
failing(lambda: m.queue("jobs", 3))
failing(lambda: m.semaphore("permits", 1))
failing(lambda: m.dict(5))
failing(lambda: list(chunks(m.lock("guard"))))
try:
    plain.nothing()
except RemoteError as e:
    print("KeyError:", "create it by manager.nothing('dict')" in str(e))

for end in (b"", b"\n"):
    with open(path, "wb") as f:
        f.write(key + end)
    os.environ["MULTIPROC_AUTHKEY_FILE"] = path
    print("found:", connect(host, port).dict("scores"))
with open(path, "wb") as f:
    f.write(b"another key, which is wrong")
try:
    connect(host, port)
except multiprocessing.AuthenticationError as e:
    print("wrong:", str(e).split("the key is from ")[1].replace(path + ",", "").replace("  ", " "))
