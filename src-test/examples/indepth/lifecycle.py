"""The states of a process, as it tells them and as its parent sees them."""
from multiprocessing import Event, Process, current_process

def live(running, go):
    name = current_process().name
    print(f"Process {name} is Created")
    print(f"Process {name} is Running")
    running.set()
    go.wait()
    print(f"Process {name} is Terminated")

if __name__ == "__main__":
    running, go = Event(), Event()
    p = Process(target=live, args=(running, go))
    print("before:", "CREATED" if p.pid is None else p)
    p.start()
    running.wait()
    print("alive:", p.is_alive())
    go.set()
    p.join()
    print("after:", "TERMINATED" if p.exitcode is not None else p)
