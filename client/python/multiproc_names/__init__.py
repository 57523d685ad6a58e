"""Named objects of a multiproc manager in one line, for CPython 3.8 and later. Pure standard library.

    from multiproc_names import connect
    m = connect()
    m.dict("scores")["ada"] = 1

What plain managers lack: named objects without register(), made if absent; the authkey found where every multiproc program finds it; a
time-out on connecting; connecting again after the server or the network was away; and walking over large dicts and lists in chunks instead
of one round trip for each item.
"""
import multiprocessing
import os
import socket
import threading
import time
from multiprocessing import connection, managers

__all__ = ["connect", "find_authkey", "Names", "chunks"]

# the server's name of each type, and the class of its proxies; none: it is made of the methods that the server names
_PROXIES = {
    "dict": managers.DictProxy,
    "list": managers.ListProxy,
    "namespace": managers.NamespaceProxy,
    "queue": None,
    "joinable_queue": None,
    "lock": managers.AcquirerProxy,
    "rlock": managers.AcquirerProxy,
    "semaphore": managers.AcquirerProxy,
    "bounded_semaphore": managers.AcquirerProxy,
    "event": managers.EventProxy,
    "condition": managers.ConditionProxy,
    "barrier": managers.BarrierProxy,
    "value": managers.ValueProxy,
    "array": managers.ArrayProxy,
}


# what CPython's own managers make without a name; a server takes them for the type, not for an object's name
_TYPES = {
    "Array", "Barrier", "BoundedSemaphore", "Condition", "Event", "JoinableQueue", "Lock", "Namespace", "Queue", "RLock", "Semaphore",
    "Value", "dict", "list",
}


def find_authkey():
    """(key, where it is from): the file of MULTIPROC_AUTHKEY_FILE, else MULTIPROC_AUTHKEY, else the user's own key file.

    A newline at the end of a file is not part of the key.
    """
    if "MULTIPROC_AUTHKEY_FILE" in os.environ:
        path = os.environ["MULTIPROC_AUTHKEY_FILE"]
        return _read(path), "file %s, which MULTIPROC_AUTHKEY_FILE names" % path
    if "MULTIPROC_AUTHKEY" in os.environ:
        key = os.environ["MULTIPROC_AUTHKEY"].encode()
        if not key:
            raise ValueError("variable MULTIPROC_AUTHKEY is empty")
        return key, "variable MULTIPROC_AUTHKEY"
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(folder):
        folder = os.path.expanduser(os.path.join("~", ".config"))
    path = os.path.join(folder, "multiproc", "authkey")
    if not os.path.exists(path):
        raise FileNotFoundError(
            "no authkey: give authkey= or authkey_file=, or set MULTIPROC_AUTHKEY_FILE or MULTIPROC_AUTHKEY,"
            " or start a server as this user ('multiproc serve'), which makes %s" % path)
    return _read(path), "file %s" % path


def _read(path):
    with open(path, "rb") as f:
        key = f.read()
    key = key[:-2] if key.endswith(b"\r\n") else key[:-1] if key.endswith(b"\n") else key
    if not key:
        raise ValueError("authkey file %s is empty" % path)
    return key


def connect(host="127.0.0.1", port=50000, authkey=None, timeout=10.0, authkey_file=None):
    """A connected Names. Tries for up to timeout seconds; then raises TimeoutError with the last reason.

    Without a key it is read from authkey_file, or found by find_authkey(). A wrong key is not tried again:
    multiprocessing.AuthenticationError, which says where the key is from. The key becomes the process's own, as proxies that are read from
    other objects need it.
    """
    if authkey is not None:
        source = "the argument authkey"
    elif authkey_file is not None:
        authkey, source = _read(authkey_file), "file %s" % authkey_file
    else:
        authkey, source = find_authkey()
    names = Names((host, port), authkey, timeout, source)
    names.reconnect()
    return names


class Names:
    """The named objects of one server. Thread-safe as multiprocessing's managers are; use one for each process.

    Each type is a method: m.dict(name), m.queue(name, 100). The object is made if absent; further arguments are those it is made with, as
    SyncManager's, and must be those that an existing one has: ValueError names both. TypeError if the name is of an object of another type.
    """

    def __init__(self, address, authkey, timeout=10.0, source="the argument authkey"):
        self._address, self._authkey, self._timeout, self._source = tuple(address), bytes(authkey), timeout, source
        self._manager = None

    def reconnect(self):
        """Connects (again). Proxies that were made before stay of use if the server is the same one."""
        multiprocessing.current_process().authkey = self._authkey
        deadline = time.monotonic() + self._timeout
        while True:
            left = deadline - time.monotonic()
            try:
                manager = managers.SyncManager(address=self._address, authkey=self._authkey)
                _connect(manager, self._address, self._authkey, max(0.01, left))
                self._manager = manager
                return
            except multiprocessing.AuthenticationError as e:
                raise multiprocessing.AuthenticationError(
                    "authentication failed at %s:%s: %s; the key is from %s" % (*self._address, e, self._source)) from e
            except (OSError, EOFError) as e:
                if time.monotonic() + 0.05 >= deadline:
                    raise TimeoutError(
                        "no manager at %s:%s within %s s: %s"
                        % (*self._address, self._timeout, str(e) or "the connection was closed")) from e
                time.sleep(0.05)

    def _named(self, kind, name, *args, **kwds):
        if not isinstance(name, str) or not name:
            raise TypeError("%s(name): the name is a str, not %r" % (kind, name))
        if name in _TYPES:
            raise ValueError("%s(%r): this is the name of a type, which no object can have for Python programs; choose another" % (kind, name))

        class Manager(managers.BaseManager):
            pass

        proxy = _PROXIES[kind]
        # the attribute is ours: the name may be one of BaseManager's own, such as "start"
        Manager.register(name, proxytype=proxy, create_method=False)
        # the iterator of a dict proxy is a proxy, too
        if name != "Iterator":
            Manager.register("Iterator", proxytype=managers.IteratorProxy, create_method=False)
        manager = Manager(address=self._address, authkey=self._authkey)
        try:
            _connect(manager, self._address, self._authkey, self._timeout)
            return _open(manager, name, proxy, self._authkey, (kind,) + args, kwds)
        except (ConnectionError, EOFError):
            self.reconnect()
            _connect(manager, self._address, self._authkey, self._timeout)
            return _open(manager, name, proxy, self._authkey, (kind,) + args, kwds)

    def __getattr__(self, kind):
        """m.dict(name), m.list(name), m.namespace(name), m.queue(name), m.lock(name), m.event(name), …"""
        if kind in _PROXIES:
            def opened(name, *args, **kwds):
                return self._named(kind, name, *args, **kwds)

            opened.__name__ = kind
            opened.__doc__ = "The %s of a name, made if absent." % kind
            return opened
        raise AttributeError("%r is none of %s" % (kind, ", ".join(_PROXIES)))

    def __dir__(self):
        return sorted(set(super().__dir__()) | set(_PROXIES))


def _connect(manager, address, authkey, timeout):
    """What manager.connect() does, with a limit: the reads and writes of multiprocessing have none."""
    deadline = time.monotonic() + timeout
    sock = socket.create_connection(address, timeout=timeout)
    # another name of the same socket: what ends it wakes whoever reads or writes
    end = sock.dup()
    late = threading.Timer(max(0.01, deadline - time.monotonic()), _shutdown, (end,))
    late.daemon = True
    try:
        sock.settimeout(None)
        with connection.Connection(sock.detach()) as conn:
            late.start()
            connection.answer_challenge(conn, authkey)
            connection.deliver_challenge(conn, authkey)
            managers.dispatch(conn, None, "dummy")
        manager._state.value = managers.State.STARTED
    except (OSError, EOFError):
        if time.monotonic() < deadline:
            raise
        raise TimeoutError("who listens there does not answer") from None
    finally:
        late.cancel()
        end.close()


def _shutdown(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is over


def _open(manager, name, proxytype, authkey, args, kwds):
    """What the method of a registered name does, with errors of the types that a call of Python's own would raise."""
    try:
        token, exposed = manager._create(name, *args, **kwds)
    except managers.RemoteError as e:
        # the last line of the text is the exception: its type and its message
        lines = [line for line in str(e).splitlines() if line.strip(" -")]
        kind, _, text = (lines[-1] if lines else "").partition(": ")
        raised = {"TypeError": TypeError, "ValueError": ValueError, "KeyError": KeyError}.get(kind.strip())
        if raised is None:
            raise
        raise raised(text) from None
    make = proxytype or managers.AutoProxy
    proxy = make(token, manager._serializer, manager=manager, authkey=authkey, exposed=exposed)
    conn = manager._Client(token.address, authkey=authkey)
    managers.dispatch(conn, None, "decref", (token.id,))
    return proxy


def chunks(proxy, size=1000):
    """Walks over a dict's (key, value) pairs or a list's items with one round trip for each chunk.

    A list is read slice by slice, so changes meanwhile may be missed or seen twice at the seams; a dict is read at one moment.
    """
    if isinstance(proxy, managers.DictProxy):
        yield from proxy.items()
        return
    if not isinstance(proxy, managers.ListProxy):
        raise TypeError("chunks() walks over proxies of dicts and lists, not %s" % type(proxy).__name__)
    if size < 1:
        raise ValueError("size is 1 or more, not %r" % size)
    start = 0
    while True:
        part = proxy[start:start + size]
        yield from part
        if len(part) < size:
            return
        start += size
