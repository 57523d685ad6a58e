"""Content beyond the server's limits: what is too large is refused and nothing else, and what stays on the server has no such limit."""
import sys

import common


def main():
    manager = common.connect()
    piece = b"x" * 100_000
    d = manager.dict()
    for i in range(10):
        d["key %d" % i] = piece
    print("keys", len(d.keys()))
    print("copy of a dict", len(manager.dict(d)))
    other = manager.dict()
    other.update(d)
    print("update", len(other), other["key 9"] == piece)
    shared = manager.list()
    for i in range(10):
        shared.append(piece)
    print("copy of a list", len(manager.list(shared)))
    shared.extend(shared)
    print("extend", len(shared), shared[19] == piece)
    for name, call in [
        ("append", lambda: shared.append(b"y" * 1_000_000)),
        ("set", lambda: d.__setitem__("large", b"y" * 3_000_000)),
        ("values", d.values),
    ]:
        try:
            call()
            print(name, "was accepted")
        except Exception as e:
            print(name, type(e).__name__, "bytes" in str(e))
        # over the same connection
        print("then", len(shared), len(d), d["key 1"] == piece)


if __name__ == "__main__":
    main()
