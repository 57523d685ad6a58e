"""Three tasks one after the other, in threads, and in processes (three listings in one)."""
import multiprocessing
import threading

def task(n):
    print(f"task {n}")

if __name__ == "__main__":
    for n in 1, 2, 3:
        task(n)
    for kind in threading.Thread, multiprocessing.Process:
        running = [kind(target=task, args=(n,)) for n in (1, 2, 3)]
        for each in running:
            each.start()
        for each in running:
            each.join()
