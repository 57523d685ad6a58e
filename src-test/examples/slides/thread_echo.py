"""Work in a thread."""
import threading

def work(value):
    print("doing some work in thread")
    print("echo: {}".format(value))

if __name__ == "__main__":
    t = threading.Thread(target=work, args=("text",))
    t.start()
    t.join()
