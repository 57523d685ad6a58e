"""The types of objects that a manager has."""
import multiprocessing

if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        value, array = manager.Value("i", 5), manager.Array("i", [1, 2])
        items, d, namespace, queue = manager.list([1, "a"]), manager.dict({"k": 1}), manager.Namespace(), manager.Queue()
        namespace.x = 1
        queue.put(3)
        print(value.value, array[1], items[-1], d["k"], namespace.x, queue.get())
        lock, rlock, semaphore = manager.Lock(), manager.RLock(), manager.BoundedSemaphore(1)
        event, condition, barrier = manager.Event(), manager.Condition(), manager.Barrier(1)
        with lock, rlock, rlock, semaphore, condition:
            event.set()
            condition.notify_all()
            print(event.is_set(), barrier.wait())
