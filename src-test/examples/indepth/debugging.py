"""A child that waits for its debugger, which attaches and lets it go on; jdb or an IDE would do it by hand."""
import io
import pdb
from multiprocessing import Pipe, Process

def worker(begun):
    pdb.Pdb(stdin=io.StringIO("continue\n"), stdout=io.StringIO()).set_trace()
    begun.send(True)
    print("Doing some work")

if __name__ == "__main__":
    here, there = Pipe()
    p = Process(target=worker, args=(there,))
    print("it has not begun:", not here.poll(0))
    p.start()
    p.join()
