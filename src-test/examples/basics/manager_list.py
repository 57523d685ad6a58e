"""Two processes append to a manager's list; in any order."""
import multiprocessing

def first(shared):
    shared.append("p1")

def second(shared):
    shared.append("p2")

if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        shared = manager.list()
        p1 = multiprocessing.Process(target=first, args=(shared,))
        p2 = multiprocessing.Process(target=second, args=(shared,))
        p1.start()
        p2.start()
        p1.join()
        p2.join()
        print(f"Final List: {list(shared)}")
