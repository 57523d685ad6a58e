"""Messages over a pipe until one that means the end."""
import multiprocessing

def send(end, messages):
    for message in messages:
        end.send(message)
    end.close()

def receive(end):
    for message in iter(end.recv, "END"):
        print(message)

if __name__ == "__main__":
    first, second = multiprocessing.Pipe()
    p1 = multiprocessing.Process(target=send, args=(first, ["hello", "hi", "heya!", "END"]))
    p2 = multiprocessing.Process(target=receive, args=(second,))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
