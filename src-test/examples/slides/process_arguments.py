"""What a process can be made with: name, arguments by position or by name, daemon."""
import multiprocessing

def work(a, b):
    process = multiprocessing.current_process()
    print(process.name, a, b, process.daemon)

if __name__ == "__main__":
    p = multiprocessing.Process(group=None, target=work, name="worker", args=("one",), kwargs={"b": 2}, daemon=True)
    print(p.name, p.daemon)
    p.start()
    p.join()
