"""terminate, join for a while, kill; and the exit code."""
import time
from multiprocessing import Event, Process

def work(running):
    try:
        while True:
            print("Working...")
            running.set()
            time.sleep(0.05)
    except KeyboardInterrupt:
        print("Graceful shutdown")

if __name__ == "__main__":
    running = Event()
    p = Process(target=work, args=(running,))
    p.start()
    running.wait()
    p.terminate()
    p.join(timeout=20)
    if p.is_alive():
        p.kill()
        p.join()
    print(f"Exit code: {p.exitcode}")
