"""The first program: two processes that say hello."""
from multiprocessing import Process

def hello():
    print("Hello, world!")

if __name__ == "__main__":
    first, second = Process(target=hello), Process(target=hello)
    first.start()
    second.start()
    first.join()
    second.join()
