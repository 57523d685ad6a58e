"""Items of a joinable queue come back from a process that was killed, and over TCP from any while others of its host hold the queue.

killed.py PORT KEY: the port, or the path of a Unix socket"""
import multiprocessing
import os
import signal
import sys

os.environ.update(MP_PORT=sys.argv[1], MP_KEY=sys.argv[2])
from where import PORT, connect

m = connect()
fork = multiprocessing.get_context("fork")


def killed(q):
    assert q.get() == "a"
    os.kill(os.getpid(), signal.SIGKILL)


def ends(q):
    assert q.get() == "b"


def drops():
    q = connect().JoinableQueue()
    q.put("c")
    ours = m.list([q])
    assert q.get() == "c"
    del q
    again = ours[0]
    assert again.qsize() == 0
    again.task_done()
    again.join()


q = m.JoinableQueue()
q.put("a")
p = fork.Process(target=killed, args=(q,))
p.start()
p.join()
assert p.exitcode == -signal.SIGKILL
assert q.get(timeout=30) == "a"
q.task_done()
q.put("b")
p = fork.Process(target=ends, args=(q,))
p.start()
p.join()
assert p.exitcode == 0
if "/" in PORT:
    assert q.qsize() == 0
    q.task_done()
    p = fork.Process(target=drops)
    p.start()
    p.join()
    assert p.exitcode == 0
else:
    assert q.get(timeout=30) == "b"
    q.task_done()
q.join()
print("came back")
