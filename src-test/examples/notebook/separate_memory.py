"""A static list of the child is not the parent's."""
import multiprocessing

result = []

def squares(numbers):
    for n in numbers:
        result.append(n ** 2)
    print(f"Result: {result}")

if __name__ == "__main__":
    p = multiprocessing.Process(target=squares, args=([1, 2, 3, 4, 5],))
    p.start()
    p.join()
    print("DONE...")
    print(result)
