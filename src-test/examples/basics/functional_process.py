"""A method in a process of its own, with arguments by name."""
from multiprocessing import Process

def hello(arg1, arg2):
    print("Hello Process")

if __name__ == "__main__":
    p1 = Process(target=hello, args=("123",), kwargs={"arg2": "456"})
    p1.start()
    p1.join()
    p1.terminate()
