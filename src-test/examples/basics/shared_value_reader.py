"""One process sees what another writes into a shared value."""
import multiprocessing

def reader(value, read, written):
    print(f"Initial Value: {value.value}")
    read.set()
    written.wait()
    print(f"Updated Value: {value.value}")

def writer(value, read, written):
    read.wait()
    value.value = 10
    print("Value modified to 10")
    written.set()

if __name__ == "__main__":
    value = multiprocessing.Value("i", 0)
    read, written = multiprocessing.Event(), multiprocessing.Event()
    p1 = multiprocessing.Process(target=reader, args=(value, read, written))
    p2 = multiprocessing.Process(target=writer, args=(value, read, written))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
