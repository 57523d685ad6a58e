"""The tutorials' client of MathClass, unchanged but for the address: the class lives in a Java process."""
import sys
from multiprocessing.managers import BaseManager, RemoteError


class MathManager(BaseManager):
    pass


MathManager.register('Maths')
MathManager.register('Nobody')


def attempt(f, *args):
    try:
        print(f(*args))
    except RemoteError as e:
        print('RemoteError', str(e).strip().splitlines()[-1] if 'Traceback' in str(e) else str(e).strip().splitlines()[-2:])
    except Exception as e:
        print(type(e).__name__, e)


m = MathManager(address=(sys.argv[1], int(sys.argv[2])), authkey=bytes.fromhex(sys.argv[3]))
m.connect()
maths = m.Maths()
print(maths.add(4, 3), maths.mul(7, 8))
attempt(maths.divide, 1, 0)
attempt(maths.check, -1)
print(sorted(maths._exposed_))
scores = {'k': [1, 2.5, 'x', None, True]}
print(maths.echo(scores) == scores)
try:
    m.Nobody()
except Exception as e:
    print(type(e).__name__)
