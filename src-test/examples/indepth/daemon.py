"""A daemon that is not waited for to its end."""
import time
from multiprocessing import Event, Process

def daemon(running):
    print("Starting Daemon")
    running.set()
    time.sleep(60)
    print("Exiting Daemon")

if __name__ == "__main__":
    running = Event()
    p = Process(target=daemon, args=(running,))
    p.daemon = True
    p.start()
    running.wait()
    p.join(timeout=0.1)
    print("Main Process exiting")
