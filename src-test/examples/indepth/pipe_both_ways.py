"""A pipe in both directions."""
from multiprocessing import Pipe, Process

def worker(end):
    end.send("Hello from the worker process")
    print(f"Worker received message: {end.recv()}")
    end.close()

if __name__ == "__main__":
    here, there = Pipe()
    p = Process(target=worker, args=(there,))
    p.start()
    print(f"Main process received message: {here.recv()}")
    here.send("Hello from the main process")
    p.join()
