"""A lock around two loops: whoever comes first goes to its end."""
import multiprocessing
import random
from time import sleep

def up(value, lock, first):
    with lock:
        first.set()
        while value.value < 10:
            print("Current Increment Value", value.value)
            value.value += 1
            sleep(random.random() / 100)

def down(value, lock, first):
    first.wait()
    with lock:
        while value.value > -10:
            print("Current Decrement Value", value.value)
            value.value -= 1
            sleep(random.random() / 100)

if __name__ == "__main__":
    value, lock, first = multiprocessing.Value("i", 0), multiprocessing.Lock(), multiprocessing.Event()
    multiprocessing.Process(target=up, args=(value, lock, first)).start()
    multiprocessing.Process(target=down, args=(value, lock, first)).start()
