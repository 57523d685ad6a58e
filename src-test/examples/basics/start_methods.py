"""The start method, asked for and changed; what it is at first depends on the system."""
import multiprocessing

def work():
    print("Child process is running.")

if __name__ == "__main__":
    print(f"Initial Method: {multiprocessing.get_start_method()}")
    multiprocessing.set_start_method("spawn", force=True)
    print(f"Changed Method: {multiprocessing.get_start_method()}")
    p1 = multiprocessing.Process(target=work)
    p1.start()
    p1.join()
