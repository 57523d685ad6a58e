"""The processor and the niceness of a running process, changed while it works."""
import os
from multiprocessing import Event, Process

def worker(running, done):
    print(f"Worker Function running on PID: {os.getpid()}")
    running.set()
    done.wait()

if __name__ == "__main__":
    running, done = Event(), Event()
    p = Process(target=worker, args=(running, done))
    p.start()
    running.wait()
    os.sched_setaffinity(p.pid, {0})
    print("affinity", list(os.sched_getaffinity(p.pid)))
    before = os.getpriority(os.PRIO_PROCESS, p.pid)
    os.setpriority(os.PRIO_PROCESS, p.pid, before + 5)
    print("nicer by", os.getpriority(os.PRIO_PROCESS, p.pid) - before)
    done.set()
    p.join()
