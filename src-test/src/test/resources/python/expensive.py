"""What would keep a server from its other clients for long: it is refused or bounded, and says so."""
import sys
from decimal import Decimal
from fractions import Fraction

from common import connect


def outcome(label, work):
    try:
        result = work()
        print(label, type(result).__name__)
    except Exception as e:
        # texts are bounded
        lines = [line for line in str(e).splitlines() if line.strip() and not line.startswith("---")]
        text = lines[-1] if lines else ""
        print(label, type(e).__name__, text[:70], len(text) < 1000)
    sys.stdout.flush()


def main():
    m = connect()
    big = 1 << 8_000_000
    array = m.Array("i", [1, 2])
    value = m.Value("i", 1)
    real = m.Value("d", 1.0)
    outcome("array", lambda: array.__setitem__(0, big))
    outcome("value", lambda: value.set(big))
    outcome("real", lambda: real.set(big))
    outcome("index", lambda: m.list([1]).__getitem__(big))
    outcome("unlisted", lambda: m.list([1]).remove(big))
    numbers = m.list([big, -big])
    outcome("str", lambda: str(numbers))
    outcome("sort", lambda: numbers.sort())
    outcome("sort by str", lambda: numbers.sort(key=str))
    outcome("sort by abs", lambda: numbers.sort(key=abs))
    print("kept", numbers[0] == -big, numbers[1] == big)
    outcome("fraction", lambda: str(m.list([Fraction(big + 1, 3)])) if sys.version_info < (3, 11) else str(m.list([1])))
    outcome("decimals", lambda: m.list([Decimal("7" * 9_800 + str(i)) for i in range(6_000)]))
    outcome("a few decimals", lambda: m.list([Decimal("7" * 9_800 + str(i)) for i in range(60)])[:][59])
    outcome("floats", lambda: str(m.list([1 / (i + 1) for i in range(20_000)])))
    outcome("controls", lambda: str(m.list(["\x01" * 1_000_000])))
    texts = m.list()
    outcome("range", lambda: texts.extend(range(10**7)))
    outcome("smaller range", lambda: texts.extend(range(10**5)))
    print("length", len(texts))
    outcome("product", lambda: (texts * 10**12))
    twice = m.list([[0] * 1_000])
    outcome("references", lambda: twice.__imul__(10**8))
    print("length", len(twice))


if __name__ == "__main__":
    main()
