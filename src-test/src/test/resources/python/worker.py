"""One of several workers on shared named objects: HOST PORT KEY NAME COUNT."""
import multiprocessing
import sys
from multiprocessing.managers import BaseManager, DictProxy

from common import connect


class Named(BaseManager):
    pass


for name in ("mixed_total", "mixed_seen"):
    Named.register(name, proxytype=DictProxy)
Named.register("mixed_jobs")
Named.register("mixed_guard")

key = bytes.fromhex(sys.argv[3])
multiprocessing.current_process().authkey = key
m = Named(address=(sys.argv[1], int(sys.argv[2])), authkey=key)
m.connect()
total, seen, jobs, guard = m.mixed_total(), m.mixed_seen(), m.mixed_jobs(), m.mixed_guard()
for i in range(int(sys.argv[5])):
    guard.acquire()
    total["n"] = total.get("n", 0) + 1
    guard.release()
done = 0
while True:
    job = jobs.get()
    if job == "end":
        jobs.task_done()
        break
    seen[job] = seen.get(job, 0) + 1
    jobs.task_done()
    done += 1
print("done", done)
