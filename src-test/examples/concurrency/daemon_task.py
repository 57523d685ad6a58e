"""A daemon ends with its parent."""
import time
from multiprocessing import Event, Process

def background(running):
    while True:
        print("Background process running...")
        running.set()
        time.sleep(0.05)

if __name__ == "__main__":
    running = Event()
    Process(target=background, args=(running,), daemon=True).start()
    running.wait()
    time.sleep(0.15)
    print("Main process exiting, daemon will be terminated")
