"""A pipe of one direction: its first end receives, its second sends."""
import multiprocessing

def sender(end):
    end.send("1234")
    end.close()

def receiver(end):
    try:
        print(f"Received from Pipe: {end.recv()}")
    except EOFError:
        print("Connection closed.")
    finally:
        end.close()

if __name__ == "__main__":
    receiving, sending = multiprocessing.Pipe(False)
    p1 = multiprocessing.Process(target=sender, args=(sending,))
    p2 = multiprocessing.Process(target=receiver, args=(receiving,))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
