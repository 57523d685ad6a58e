"""Squares one after the other, in one process."""
def square(n):
    return n ** 2

if __name__ == "__main__":
    results = []
    for n in [1, 2, 3, 4, 5]:
        results.append(square(n))
    print(results)
