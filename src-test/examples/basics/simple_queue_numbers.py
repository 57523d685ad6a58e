"""A simple queue, and a consumer that is terminated."""
import multiprocessing
from time import sleep

def producer(queue):
    for i in range(10):
        queue.put(i)
        sleep(0.02)

def consumer(queue, done):
    while True:
        item = queue.get()
        print(item)
        if item == 9:
            done.set()

if __name__ == "__main__":
    queue = multiprocessing.SimpleQueue()
    done = multiprocessing.Event()
    p1 = multiprocessing.Process(target=producer, args=(queue,))
    p2 = multiprocessing.Process(target=consumer, args=(queue, done))
    p1.start()
    p2.start()
    p1.join()
    done.wait()
    p2.terminate()
    p2.join()
