"""What can travel: None, numbers, texts, collections, functions by name, objects of classes."""
from collections import namedtuple
from multiprocessing import Pipe, Pool, Process

Point = namedtuple("Point", "x y")

def twice(n):
    return 2 * n

def echo(end):
    for value in iter(end.recv, "end"):
        end.send(value)

if __name__ == "__main__":
    end, other = Pipe()
    Process(target=echo, args=(other,)).start()
    values = [None, True, 7, 0.5, 1 + 2j, "text", b"\1", [1, "a"], {"k": 1}, (1,), Point(1, 2)]
    same = 0
    for value in values:
        end.send(value)
        same += value == end.recv()
    end.send("end")
    print(f"{same} of {len(values)} came back the same")
    with Pool(1) as pool:
        print("a function:", pool.apply(twice, (21,)))
