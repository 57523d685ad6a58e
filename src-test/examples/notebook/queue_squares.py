"""One process fills a queue, another empties it; it starts when the queue is full."""
import multiprocessing

def squares(numbers, queue):
    for n in numbers:
        queue.put(n ** 2)

def show(queue):
    while not queue.empty():
        print(queue.get())

if __name__ == "__main__":
    queue = multiprocessing.Queue()
    p1 = multiprocessing.Process(target=squares, args=([1, 2, 3, 4, 5, 6], queue))
    p2 = multiprocessing.Process(target=show, args=(queue,))
    p1.start()
    p1.join()
    p2.start()
    p2.join()
    print("Completed!")
