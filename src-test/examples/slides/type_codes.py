"""The type codes of the slides: a byte of text, a character, numbers; pointers mean nothing in another process."""
import ctypes
from multiprocessing import Array, Value

if __name__ == "__main__":
    c, u, i = Value("c", b"a"), Value(ctypes.c_wchar, "b"), Value("i", -3)
    l, f, text = Value("l", 1 << 40), Value("f", 0.5), Array("c", 8)
    text.value = b"hello"
    print(c.value.decode(), u.value, i.value, l.value, f.value)
    print(text.value.decode(), len(text.raw))
