import math
import sys


def main() -> None:
    a, b, c = map(int, sys.argv[1:4])
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        print("none")
        return
    root = math.sqrt(discriminant)
    for solution in sorted({(-b - root) / (2 * a), (-b + root) / (2 * a)}):
        print(f"{solution:.2f}")


if __name__ == "__main__":
    main()
