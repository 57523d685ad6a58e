"""The same with queues: one for each direction, or a process might take its own tuple."""
from multiprocessing import Process, Queue

def make_tuple(there, back):
    there.put(("Hi ", 3))
    print(back.get())

def make_string(there, back):
    text, times = there.get()
    back.put(text * times)

if __name__ == "__main__":
    there, back = Queue(), Queue()
    p1 = Process(target=make_tuple, args=(there, back))
    p2 = Process(target=make_string, args=(there, back))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
