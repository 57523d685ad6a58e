import pickle

from common import connect, masked, show

m = connect()
outer = m.dict()
inner = m.dict(x=1)
before = m._number_of_objects()
outer["inner"] = inner
show("type", lambda: type(outer["inner"]).__name__)
show("through", lambda: outer["inner"]["x"])
outer["inner"]["y"] = 2
show("seen", lambda: inner.copy())
show("class", lambda: masked(repr(outer["inner"])).split(" at ")[0])
show("text", lambda: masked(str(outer)))
show("count", lambda: m._number_of_objects() - before)
del inner
show("kept", lambda: outer["inner"].copy())
show("count without it", lambda: m._number_of_objects() - before)
revived = outer["inner"]
show("count revived", lambda: m._number_of_objects() - before)
show("calls", lambda: (revived.update(z=3), sorted(revived.keys())))
del revived
l = m.list([m.list([1]), m.list([2])])
show("lists", lambda: [x[:] for x in l])
show("in a tuple", lambda: (outer.__setitem__("t", (1, m.list([5]))), outer["t"][1][:]))
show("self", lambda: (l.append(l), len(l[-1])))
q = m.Queue()
q.put(m.list(["via queue"]))
show("via queue", lambda: q.get()[:])
if __import__("sys").version_info >= (3, 9): outer["q"] = q  # 3.8 itself cannot
if __import__("sys").version_info >= (3, 9): show("queue", lambda: (outer["q"].put(5), q.get()))
outer["ns"] = m.Namespace(a=1)
show("namespace", lambda: outer["ns"].a)
outer["lock"] = m.Lock()
show("lock", lambda: (outer["lock"].acquire(), outer["lock"].acquire(False), outer["lock"].release()))
show("pickled", lambda: type(pickle.loads(pickle.dumps(outer))).__name__)
