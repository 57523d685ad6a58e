"""The log of processes on standard error: what the library says itself, and what the program adds."""
import logging
from multiprocessing import Process, get_logger, log_to_stderr

log_to_stderr()
logger = get_logger()
logger.setLevel(logging.INFO)

def worker():
    logger.info("Worker Function")
    print("Doing some work")

if __name__ == "__main__":
    p = Process(target=worker)
    p.start()
    p.join()
