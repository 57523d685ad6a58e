"""An echo over multiprocessing.connection: client or listener at an address of ours."""
import sys
from fractions import Fraction
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener

KEY = b"the key of both"
role, address = sys.argv[1:3]
if address.startswith("unix://"):
    where = address[len("unix://"):]
else:
    host, port = address[len("tcp://"):].rsplit(":", 1)
    where = (host, int(port))


def echo(c):
    while True:
        value = c.recv()
        if value == "bye":
            c.close()
            return
        if value == "bytes":
            c.send_bytes(c.recv_bytes())
        elif value == "object":
            c.send(Fraction(1, 3))
            c.send(repr(c.recv()))
        else:
            c.send(value)


if role == "client":
    with Client(where, authkey=KEY) as c:
        echo(c)
else:
    with Listener(where, authkey=KEY) as listener:
        print("listening")
        try:
            listener.accept()
        except AuthenticationError:
            print("refused")
        with listener.accept() as c:
            echo(c)
