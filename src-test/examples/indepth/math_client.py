"""Its client: Java's and Python's clients call Java's server alike."""
import sys
from multiprocessing.managers import BaseManager

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 50000
    manager = BaseManager(address=("127.0.0.1", port), authkey=b"secret-key-of-this-example")
    manager.register("Math")
    manager.connect()
    print(manager.Math().add(4, 4))
