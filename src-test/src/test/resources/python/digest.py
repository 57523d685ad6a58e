"""HOST PORT KEY: whether this version's handshake is good enough."""
import multiprocessing

from common import connect

try:
    connect()
    print("connected")
except multiprocessing.AuthenticationError as e:
    print("AuthenticationError", e)
