"""A queue that is joined: task_done for each item, and a daemon that consumes."""
import multiprocessing
from time import sleep

def producer(queue):
    for item in range(10):
        queue.put(item)
        print(f"Produced: {item}")
        sleep(0.02)

def consumer(queue):
    while True:
        print(f"Consumed: {queue.get()}")
        queue.task_done()

if __name__ == "__main__":
    queue = multiprocessing.JoinableQueue()
    p1 = multiprocessing.Process(target=producer, args=(queue,))
    p2 = multiprocessing.Process(target=consumer, args=(queue,), daemon=True)
    p1.start()
    p2.start()
    p1.join()
    queue.join()
    print("All tasks are completed successfully.")
