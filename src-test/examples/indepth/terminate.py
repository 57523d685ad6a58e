"""A process that is terminated while it works."""
import time
from multiprocessing import Event, Process

def worker(running):
    for _ in range(1_000):
        print("Working...")
        running.set()
        time.sleep(0.05)

if __name__ == "__main__":
    running = Event()
    p = Process(target=worker, args=(running,))
    p.start()
    running.wait()
    p.terminate()
    p.join()
    print("Process terminated.")
