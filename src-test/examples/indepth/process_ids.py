"""Process ids: the child's parent is the main process."""
import multiprocessing
import os

def info():
    print(f"Process ID: {os.getpid()}")
    print(f"Parent Process ID: {os.getppid()}")

if __name__ == "__main__":
    print("Main Process:")
    info()
    print("Child Process:")
    p = multiprocessing.Process(target=info)
    p.start()
    p.join()
