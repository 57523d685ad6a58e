"""Two functions, called here."""
def cube(n):
    print(f"Cube: {n ** 3}")

def square(n):
    print(f"Square: {n ** 2}")

if __name__ == "__main__":
    cube(3)
    square(3)
