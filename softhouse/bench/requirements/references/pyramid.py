import sys


def main() -> None:
    rows = int(sys.argv[1])
    for row in range(rows):
        print(" " * (rows - row - 1) + "*" * (2 * row + 1))


main()
