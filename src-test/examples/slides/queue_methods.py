"""The methods of a queue and of a joinable one."""
from multiprocessing import JoinableQueue

if __name__ == "__main__":
    queue = JoinableQueue(2)
    print(f"qsize {queue.qsize()}, empty {queue.empty()}, full {queue.full()}")
    queue.put(1)
    queue.put(2)
    while not queue._reader.poll():
        pass
    print(f"qsize {queue.qsize()}, empty {queue.empty()}, full {queue.full()}")
    for _ in range(2):
        print(f"get {queue.get()}")
        queue.task_done()
    queue.join()
    print("joined")
