"""The lock that does not: the same under a lock."""
import multiprocessing

def withdraw(balance, lock):
    for _ in range(10_000):
        lock.acquire()
        balance.value = balance.value - 1
        lock.release()

def deposit(balance, lock):
    for _ in range(10_000):
        lock.acquire()
        balance.value = balance.value + 1
        lock.release()

if __name__ == "__main__":
    for _ in range(3):
        balance, lock = multiprocessing.Value("i", 100), multiprocessing.Lock()
        p1 = multiprocessing.Process(target=withdraw, args=(balance, lock))
        p2 = multiprocessing.Process(target=deposit, args=(balance, lock))
        p1.start()
        p2.start()
        p1.join()
        p2.join()
        print("Final balance: {}".format(balance.value))
