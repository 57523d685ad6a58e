"""HOST PORT KEY N: so many connections wait in a queue, in one process without a thread for each."""
import sys
from multiprocessing import connection

from common import connect

m = connect()
q = m.Queue()
count = int(sys.argv[4])
waiting = []
for i in range(count):
    c = connection.Client(m.address, authkey=m._authkey)
    c.send((None, "accept_connection", ("waiter%d" % i,), {}))
    c.recv()
    c.send((q._token.id, "get", (), {}))
    waiting.append(c)
print("waiting", flush=True)
sys.stdin.readline()
for i in range(count):
    q.put(i)
print(sorted(c.recv()[1] for c in waiting) == list(range(count)), q.qsize(), flush=True)
