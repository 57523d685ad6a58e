"""What runs where: a class's initialisation in both processes, main() in one."""
import multiprocessing

print("outer: this will print when run and when imported")

def work():
    print("func: this will print only when run")

if __name__ == "__main__":
    print("main: this will print only when run")
    p = multiprocessing.get_context("spawn").Process(target=work)
    p.start()
    p.join()
