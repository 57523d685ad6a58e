"""A manager's dict and list, filled by four processes."""
from multiprocessing import Manager, Process

def worker(shared_dict, shared_list, number):
    shared_dict[number] = number * 10
    shared_list.append(number)

if __name__ == "__main__":
    with Manager() as manager:
        shared_dict, shared_list = manager.dict(), manager.list()
        processes = []
        for i in range(4):
            p = Process(target=worker, args=(shared_dict, shared_list, i))
            processes.append(p)
            p.start()
        for p in processes:
            p.join()
        print(f"Dict: {dict(sorted(shared_dict.items()))}")
        shared_list.sort()
        print(f"List: {list(shared_list)}")
