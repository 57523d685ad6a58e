"""is_alive before the start, while it runs and after terminate; the exit code."""
import multiprocessing
import time

def work(running):
    print("Starting the work")
    running.set()
    time.sleep(60)
    print("Finished the work")

if __name__ == "__main__":
    running = multiprocessing.Event()
    p = multiprocessing.Process(target=work, args=(running,))
    print("[Before Start] Process is alive: {}".format(p.is_alive()))
    p.start()
    print("[Running] Process is alive: {}".format(p.is_alive()))
    running.wait()
    p.terminate()
    p.join()
    print("[After Termination] Process is alive: {}".format(p.is_alive()))
    print("Process exit code: {}".format(p.exitcode))
