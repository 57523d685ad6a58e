"""A subclass with a run() of its own."""
from multiprocessing import Process

class HelloProcess(Process):
    def run(self):
        print("Hello Process")

if __name__ == "__main__":
    p1 = HelloProcess()
    p1.start()
    p1.join()
    p1.terminate()
