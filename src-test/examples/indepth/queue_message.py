"""A message from a process through a queue."""
from multiprocessing import Process, Queue

def worker(queue):
    queue.put("Hello from the worker process")

if __name__ == "__main__":
    queue = Queue()
    p = Process(target=worker, args=(queue,))
    p.start()
    p.join()
    print(f"Main process received message: {queue.get()}")
