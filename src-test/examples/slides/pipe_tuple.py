"""A tuple one way, a text the other."""
from multiprocessing import Pipe, Process

def make_tuple(end):
    end.send(("Hi ", 3))
    print(end.recv())

def make_string(end):
    text, times = end.recv()
    end.send(text * times)

if __name__ == "__main__":
    first, second = Pipe(True)
    p1 = Process(target=make_tuple, args=(first,))
    p2 = Process(target=make_string, args=(second,))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
