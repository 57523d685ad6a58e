"""The race that loses money: two processes read, change and write without a lock."""
import multiprocessing

def withdraw(balance):
    for _ in range(10_000):
        balance.value = balance.value - 1

def deposit(balance):
    for _ in range(10_000):
        balance.value = balance.value + 1

if __name__ == "__main__":
    for _ in range(3):
        balance = multiprocessing.Value("i", 100)
        p1 = multiprocessing.Process(target=withdraw, args=(balance,))
        p2 = multiprocessing.Process(target=deposit, args=(balance,))
        p1.start()
        p2.start()
        p1.join()
        p2.join()
        print("Final balance: {}".format(balance.value))
