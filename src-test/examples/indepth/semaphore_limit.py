"""At most three of ten processes use the resource at a time."""
from multiprocessing import Process, Semaphore

def use(semaphore, number):
    with semaphore:
        print(f"{number} is using the limited resource")

if __name__ == "__main__":
    semaphore = Semaphore(3)
    processes = [Process(target=use, args=(semaphore, i)) for i in range(10)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
