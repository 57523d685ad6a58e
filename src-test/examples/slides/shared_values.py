"""Values without an initial value, without a lock, and with a lock that one has."""
import ctypes
from multiprocessing import RLock, Value

if __name__ == "__main__":
    counter = Value("i")
    is_running = Value(ctypes.c_bool, False, lock=False)
    lock = RLock()
    size = Value("l", 0, lock=lock)
    print(f"counter {counter.value}, is_running {is_running.value}, size {size.value}")
    with size.get_lock():
        size.value += 5
    is_running.value = True
    counter.value += 1
    print(f"counter {counter.value}, is_running {is_running.value}, size {size.value}")
