"""An array and a value in shared memory bring results back."""
import multiprocessing

def squares(numbers, result, total):
    for i, n in enumerate(numbers):
        result[i] = n ** 2
    total.value = sum(result)

if __name__ == "__main__":
    result, total = multiprocessing.Array("i", 4), multiprocessing.Value("i")
    p = multiprocessing.Process(target=squares, args=([1, 2, 3, 4], result, total))
    p.start()
    p.join()
    print("Process completed...")
    print(total.value)
    print(result[0:4])
