from multiprocessing import Process, Manager

def worker(i, shared_dict):
    shared_dict[i] = i * i

if __name__ == '__main__':
    manager = Manager()
    shared_dict = manager.dict()

    procs = [Process(target=worker, args=(i, shared_dict)) for i in range(5)]

    for p in procs:
        p.start()

    for p in procs:
        p.join()

    print(f"Squares are: {shared_dict}")
