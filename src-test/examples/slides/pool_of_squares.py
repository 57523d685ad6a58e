"""A pool of twice the processors, and what each worker runs first."""
import multiprocessing

def square(n):
    return n ** 2

def starting():
    print("Starting", multiprocessing.current_process().name)

if __name__ == "__main__":
    size = min(multiprocessing.cpu_count(), 2) * 2
    pool = multiprocessing.Pool(processes=size, initializer=starting)
    print("Outputs :", pool.map(square, range(10)))
    pool.close()
    pool.join()
