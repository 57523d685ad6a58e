"""A child that waits for its debugger: jdb attaches, continues it and leaves; pdb reads its commands from a pipe."""
import io
import pdb
from multiprocessing import Process

def worker():
    pdb.Pdb(stdin=io.StringIO("continue\n"), stdout=io.StringIO()).set_trace()
    print("Doing some work")

if __name__ == "__main__":
    p = Process(target=worker)
    p.start()
    p.join()
