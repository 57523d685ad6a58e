"""Control requests as they are on the wire, right and wrong."""
from multiprocessing import connection, managers

from common import connect, masked, show

m = connect()


def ask(name, *args, **kwds):
    c = connection.Client(m.address, authkey=m._authkey)
    try:
        return managers.dispatch(c, None, name, args, kwds)
    finally:
        c.close()


def raw(request):
    c = connection.Client(m.address, authkey=m._authkey)
    c.send(request)
    reply = c.recv()
    c.close()
    return reply[0], type(reply[1]).__name__


show("dummy", lambda: ask("dummy"))
show("incref", lambda: ask("incref", "nothing"))
show("decref", lambda: ask("decref", "nothing"))
show("nonesuch", lambda: ask("nonesuch"))
ident, exposed = ask("create", "dict")
show("exposed dict", lambda: sorted(set(exposed)))
show("exposed list", lambda: sorted(set(ask("create", "list")[1])))
show("exposed namespace", lambda: sorted(set(ask("create", "Namespace")[1])))
show("exposed lock", lambda: sorted(set(ask("create", "Lock")[1])))
show("incref", lambda: ask("incref", ident))
show("decref", lambda: (ask("decref", ident), ask("decref", ident)))
show("a number", lambda: raw(5))
show("a tuple of three", lambda: raw((None, "dummy", ())))
show("a text", lambda: raw("abcd"))
show("accept", lambda: ask("accept_connection", "me"))
c = connection.Client(m.address, authkey=m._authkey)
c.send((None, "accept_connection", ("me",), {}))
show("accepted", lambda: c.recv())
for request in (("nothing", "get", (), {}), ("x", "y"), 5, "text", (1, 2, 3, 4)):
    c.send(request)
    reply = c.recv()
    show("on a data connection %r" % (request,), lambda: (reply[0], type(reply[1]).__name__))
c.send_bytes(b"no pickle")
show("no pickle", lambda: c.recv()[0])
ident, exposed = ask("create", "list")
c.send((ident, "append", (1,), {}))
show("still usable", lambda: c.recv())
