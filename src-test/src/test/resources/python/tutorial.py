"""Runs a program as it is: HOST PORT KEY PROGRAM|own PROGRAM. What it calls Manager is the server there, the default port is the one there."""
import multiprocessing
import runpy
import sys
from multiprocessing import managers

if sys.argv[1] != "own":
    host, port, key = sys.argv[1], int(sys.argv[2]), bytes.fromhex(sys.argv[3])

    class Connected(managers.SyncManager):
        """Of a connected manager 'with' ends nothing."""

        def __enter__(self):
            return self

        def __exit__(self, *args):
            pass

    def manager():
        multiprocessing.current_process().authkey = key
        m = Connected(address=(host, port), authkey=key)
        m.connect()
        return m

    multiprocessing.Manager = manager
    init = managers.BaseManager.__init__

    def there(self, address=None, *args, **kwds):
        init(self, (address[0], port) if address and address[1] == 50000 else address, *args, **kwds)

    managers.BaseManager.__init__ = there
runpy.run_path(sys.argv[-1], run_name="__main__")
