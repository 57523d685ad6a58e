"""Called here, both functions have one process id."""
import os

def cube(n):
    print(f"PID::print_cube::id -> {os.getpid()}")
    print(f"Cube: {n ** 3}")

def square(n):
    print(f"PID::print_square::id -> {os.getpid()}")
    print(f"Square: {n ** 2}")

if __name__ == "__main__":
    print(cube(2))
    print(square(2))
