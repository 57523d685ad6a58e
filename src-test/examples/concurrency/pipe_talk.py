"""Two processes talk over a pipe."""
from multiprocessing import Pipe, Process

def sender(end):
    end.send("Hello from sender")
    end.send([1, 2, 3])
    print(f"Sender received: {end.recv()}")
    end.close()

def receiver(end):
    print(f"Receiver got: {end.recv()}")
    print(f"Receiver got: {end.recv()}")
    end.send("Thanks!")
    end.close()

if __name__ == "__main__":
    first, second = Pipe()
    p1 = Process(target=sender, args=(first,))
    p2 = Process(target=receiver, args=(second,))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
