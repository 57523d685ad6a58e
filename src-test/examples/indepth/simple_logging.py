"""Five processes write to the log that all share."""
import logging
from multiprocessing import Process, current_process, get_logger, log_to_stderr

def worker():
    get_logger().info(f"{current_process().name} is executing.")

if __name__ == "__main__":
    log_to_stderr(logging.INFO)
    for _ in range(5):
        Process(target=worker).start()
