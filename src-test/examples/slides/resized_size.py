"""A sum that several processes add to, under the value's lock."""
from multiprocessing import Process, Value

def resize(resized, size):
    with resized.get_lock():
        resized.value += size

if __name__ == "__main__":
    resized = Value("q", 0)
    processes = [Process(target=resize, args=(resized, n)) for n in (1_000, 20_000, 300)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    print(f"Resized to {resized.value} bytes")
