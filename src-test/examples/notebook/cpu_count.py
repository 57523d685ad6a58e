"""How many processors there are."""
import multiprocessing

if __name__ == "__main__":
    print(multiprocessing.cpu_count())
