from multiprocessing import Process, Manager

def worker(i, shared_list):
    shared_list.append(i * i)

if __name__ == '__main__':
    manager = Manager()
    shared_list = manager.list()

    procs = [Process(target=worker, args=(i, shared_list)) for i in range(5)]

    for p in procs:
        p.start()

    for p in procs:
        p.join()

    print(f"Squares are: {shared_list}")
