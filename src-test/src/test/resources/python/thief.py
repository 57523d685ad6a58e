"""Receives an item and never reads it: HOST PORT KEY IDENT. The kernel has it, the process has not."""
import sys
import time

from multiprocessing import connection

c = connection.Client((sys.argv[1], int(sys.argv[2])), authkey=bytes.fromhex(sys.argv[3]))
c.send((None, "accept_connection", ("thief",), {}))
c.recv()
c.send((sys.argv[4], "get", (), {}))
print("asked", flush=True)
time.sleep(600)
