import threading

from common import connect, masked, show, show_kind

m = connect()
l = m.Lock()
show("acquire", lambda: l.acquire())
show("acquire again", lambda: l.acquire(False))
show("acquire timeout", lambda: l.acquire(timeout=0.01))
show("acquire both", lambda: l.acquire(True, 0.01))
show("timeout without blocking", lambda: l.acquire(False, 5))
show_kind("negative", lambda: l.acquire(True, -5))
show("release", lambda: l.release())
show("release again", lambda: l.release())
with l:
    show("within", lambda: l.acquire(False))
show_kind("arguments", lambda: m.Lock(1))


def elsewhere(work):
    t = threading.Thread(target=work)
    t.start()
    t.join()


elsewhere(lambda: show("other thread", lambda: l.acquire()))
show("still locked", lambda: l.acquire(False))
show("anybody releases", lambda: l.release())
show("once only", lambda: l.release())
r = m.RLock()
show("rlock", lambda: (r.acquire(), r.acquire(), r.acquire(False)))
elsewhere(lambda: show("not mine", lambda: r.acquire(False)))
elsewhere(lambda: show("not mine to release", lambda: r.release()))
show("release", lambda: (r.release(), r.release(), r.release()))
show("released", lambda: r.release())
elsewhere(lambda: show("free", lambda: (r.acquire(), r.release())))
show("timeout without blocking", lambda: r.acquire(False, 5))
show_kind("negative", lambda: r.acquire(True, -5))
held = threading.Event()
done = threading.Event()


def hold():
    with r:
        held.set()
        done.wait()


t = threading.Thread(target=hold)
t.start()
held.wait()
show("held elsewhere", lambda: r.acquire(timeout=0.01))
done.set()
t.join()
show("handed over", lambda: (r.acquire(timeout=30), r.release()))
