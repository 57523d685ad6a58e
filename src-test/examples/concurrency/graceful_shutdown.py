"""What the listing means to show: a target that is interrupted ends by itself, and its exit code is 0."""
import os
import signal
import time
from multiprocessing import Event, Process

def work(running):
    # a job in the background of a shell inherits that the signal is ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        print("Working...")
        running.set()
        while True:
            time.sleep(0.05)
    except KeyboardInterrupt:
        print("Graceful shutdown")

if __name__ == "__main__":
    running = Event()
    p = Process(target=work, args=(running,))
    p.start()
    running.wait()
    time.sleep(0.1)
    os.kill(p.pid, signal.SIGINT)
    p.join()
    print(f"Exit code: {p.exitcode}")
