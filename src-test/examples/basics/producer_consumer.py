"""A producer, a consumer, a queue between them, and an item that means the end."""
import multiprocessing
import time

def producer(queue):
    for i in range(10):
        queue.put(f"Task-{i}")
        print(f"[Producer] Pushed: Task-{i}")
        time.sleep(0.02)

def consumer(queue):
    while True:
        item = queue.get()
        if item is None:
            return
        print(f"[Consumer] Processed: {item}")

if __name__ == "__main__":
    queue = multiprocessing.Queue()
    p1 = multiprocessing.Process(target=producer, args=(queue,))
    p2 = multiprocessing.Process(target=consumer, args=(queue,))
    p1.start()
    p2.start()
    p1.join()
    queue.put(None)
    p2.join()
