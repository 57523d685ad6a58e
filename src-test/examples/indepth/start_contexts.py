"""Contexts of two start methods, spawn and forkserver; a JVM cannot fork."""
import multiprocessing

def worker():
    print("Worker Function")

if __name__ == "__main__":
    for method in ["spawn", "forkserver"]:
        context = multiprocessing.get_context(method)
        print(f"Using {context.get_start_method()} start method")
        p = context.Process(target=worker)
        p.start()
        p.join()
