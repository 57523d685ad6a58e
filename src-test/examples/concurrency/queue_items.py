"""Items through a queue until one that means the end."""
from multiprocessing import Process, Queue

def producer(queue, items):
    for item in items:
        queue.put(item)
        print(f"Produced: {item}")
    queue.put(None)

def consumer(queue):
    for item in iter(queue.get, None):
        print(f"Consumed: {item}")

if __name__ == "__main__":
    queue = Queue()
    p1 = Process(target=producer, args=(queue, list(range(5))))
    p2 = Process(target=consumer, args=(queue,))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
