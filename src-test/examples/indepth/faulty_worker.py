"""An exception in a process does not reach its parent; the exit code is 1, and Java keeps the trace."""
from multiprocessing import Process

def faulty():
    raise Exception("Something went wrong!")

if __name__ == "__main__":
    try:
        p = Process(target=faulty)
        p.start()
        p.join()
        print(f"nothing was thrown here, exit code {p.exitcode}")
    except Exception as e:
        print(f"Caught exception: {e}")
