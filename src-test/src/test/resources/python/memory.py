"""Attaches to memory and a list of Java, and makes a list of its own."""
import sys
from multiprocessing import resource_tracker, shared_memory

memory = shared_memory.SharedMemory(name=sys.argv[1])
print(bytes(memory.buf[:9]).decode())
memory.buf[99] = 77
items = shared_memory.ShareableList(name=sys.argv[2])
print(list(items))
items[0] = "hey"
items[1] = None
items[2] = 7
items[3] = 2.5
items[4] = False
own = shared_memory.ShareableList(["x", 1, None], name="psm_multiproc")
print("made psm_multiproc")
sys.stdin.readline()
print(list(own))
own.shm.close()
own.shm.unlink()
for attached in (memory, items.shm):
    # CPython would remove what it has only attached to
    resource_tracker.unregister(attached._name, "shared_memory")
    attached.close()
