"""Two processes with an argument each."""
from multiprocessing import Process

def hello(name):
    print(f"Hello from {name}")

if __name__ == "__main__":
    p1, p2 = Process(target=hello, args=("Process 1",)), Process(target=hello, args=("Process 2",))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
    print("Both processes are done")
