"""Named objects of a multiproc manager in one line, for CPython 3.8 and later. Pure standard library.

    from multiproc_names import connect
    m = connect("127.0.0.1", 50000, authkey=key)
    m.dict("scores")["ada"] = 1

What plain managers lack: names without register(), a time-out on connecting, connecting again after the server or the
network was away, and walking over large dicts and lists in chunks instead of one round trip for each item.
"""
import multiprocessing
import socket
import time
from multiprocessing import managers

__all__ = ["connect", "Names", "chunks"]

_PROXIES = {
    "dict": managers.DictProxy,
    "list": managers.ListProxy,
    "namespace": managers.NamespaceProxy,
    "queue": None,
    "lock": managers.AcquirerProxy,
    "semaphore": managers.AcquirerProxy,
    "event": managers.EventProxy,
    "condition": managers.ConditionProxy,
    "barrier": managers.BarrierProxy,
}


def connect(host, port, authkey, timeout=10.0):
    """A connected Names. Tries for up to timeout seconds; then raises TimeoutError with the last reason.

    A wrong key is not tried again: multiprocessing.AuthenticationError. The key becomes the process's own, as proxies that are
    read from other objects need it.
    """
    names = Names((host, port), authkey, timeout)
    names.reconnect()
    return names


class Names:
    """The named objects of one server. Thread-safe as multiprocessing's managers are; use one for each process."""

    def __init__(self, address, authkey, timeout=10.0):
        self._address, self._authkey, self._timeout = tuple(address), bytes(authkey), timeout
        self._manager = None

    def reconnect(self):
        """Connects (again). Proxies that were made before stay of use if the server is the same one."""
        multiprocessing.current_process().authkey = self._authkey
        deadline = time.monotonic() + self._timeout
        while True:
            left = deadline - time.monotonic()
            try:
                # a socket of our own finds out whether anybody listens: the one of multiprocessing has no time-out
                socket.create_connection(self._address, timeout=max(0.01, left)).close()
                manager = managers.SyncManager(address=self._address, authkey=self._authkey)
                manager.connect()
                self._manager = manager
                return
            except multiprocessing.AuthenticationError:
                raise
            except (OSError, EOFError) as e:
                if time.monotonic() + 0.05 >= deadline:
                    raise TimeoutError("no manager at %s:%s within %s s: %s" % (*self._address, self._timeout, e)) from e
                time.sleep(0.05)

    def _named(self, name, proxy):
        class Manager(managers.BaseManager):
            pass

        Manager.register(name, proxytype=proxy) if proxy else Manager.register(name)
        # the iterator of a dict proxy is a proxy, too
        Manager.register("Iterator", proxytype=managers.IteratorProxy, create_method=False)
        manager = Manager(address=self._address, authkey=self._authkey)
        try:
            manager.connect()
            return getattr(manager, name)()
        except (ConnectionError, EOFError):
            self.reconnect()
            manager.connect()
            return getattr(manager, name)()

    def __getattr__(self, kind):
        """m.dict(name), m.list(name), m.namespace(name), m.queue(name), m.lock(name), m.event(name), …"""
        if kind in _PROXIES:
            return lambda name: self._named(name, _PROXIES[kind])
        raise AttributeError("%r is none of %s" % (kind, ", ".join(_PROXIES)))


def chunks(proxy, size=1000):
    """Walks over a dict's (key, value) pairs or a list's items with one round trip for each chunk.

    A list is read slice by slice, so changes meanwhile may be missed or seen twice at the seams; a dict is read at one moment.
    """
    if isinstance(proxy, managers.DictProxy):
        yield from proxy.items()
        return
    start = 0
    while True:
        part = proxy[start:start + size]
        yield from part
        if len(part) < size:
            return
        start += size
