"""A server of a class that other programs call; it needs the key that they have."""
import sys
from multiprocessing.managers import BaseManager

class MathClass:
    def add(self, x, y):
        return x + y

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 50000
    manager = BaseManager(address=("127.0.0.1", port), authkey=b"secret-key-of-this-example")
    manager.register("Math", MathClass)
    server = manager.get_server()
    print("Server started. Waiting for connections...")
    server.serve_forever()
