"""A list over a pipe, the cheapest way between two processes."""
from multiprocessing import Pipe, Process

def sender(end):
    end.send(["data"])
    end.close()

def receiver(end):
    print(end.recv())

if __name__ == "__main__":
    first, second = Pipe()
    p1, p2 = Process(target=sender, args=(first,)), Process(target=receiver, args=(second,))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
