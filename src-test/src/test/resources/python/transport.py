"""HOST PORT KEY: a short round over everything that a connection carries."""
import multiprocessing

from common import connect


def child(d, q):
    d["child"] = q.get()


if __name__ == "__main__":
    m = connect()
    d, q = m.dict(), m.Queue()
    d["inner"] = m.list([1])
    d["inner"].append(2)
    for method in ("fork", "spawn"):
        q.put(method)
        p = multiprocessing.get_context(method).Process(target=child, args=(d, q))
        p.start()
        p.join()
        print(p.exitcode, d["child"], d["inner"][:])
    print(sorted(d), m._number_of_objects())
    try:
        d["missing"]
    except KeyError as e:
        print(repr(e))
