"""The main process and its child tell their ids."""
from multiprocessing import Process, current_process

def child():
    print(f"Child Process ID: {current_process().pid}")

if __name__ == "__main__":
    print(f"Main Process ID: {current_process().pid}")
    p = Process(target=child)
    p.start()
    p.join()
