"""ProcessPoolExecutor: results as they come, and in order."""
from concurrent.futures import ProcessPoolExecutor, as_completed

def compute(n):
    return sum(i * i for i in range(n))

if __name__ == "__main__":
    numbers = [100_000] * 4
    with ProcessPoolExecutor(max_workers=2) as executor:
        for future in as_completed([executor.submit(compute, n) for n in numbers]):
            print(f"Result: {future.result()}")
        print(f"All results: {list(executor.map(compute, numbers))}")
