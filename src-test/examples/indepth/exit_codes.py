"""Exit codes: what a target returns is none, the argument of exit is."""
import sys
from multiprocessing import Process, current_process

def worker():
    print(f"Worker Function running on {current_process().name}")
    return 1

def exits(code):
    sys.exit(code)

if __name__ == "__main__":
    p, q = Process(target=worker), Process(target=exits, args=(3,))
    p.start()
    q.start()
    p.join()
    q.join()
    print(f"Exit Codes: {p.exitcode} {q.exitcode}")
