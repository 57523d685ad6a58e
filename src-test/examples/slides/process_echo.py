"""The same work in a process."""
import multiprocessing

def work(value):
    print("doing some work in a process")
    print("echo: {}".format(value))

if __name__ == "__main__":
    p = multiprocessing.Process(target=work, args=("text",))
    p.start()
    p.join()
