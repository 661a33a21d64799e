import sys


def main() -> None:
    size = int(sys.argv[1])
    if size % 2 == 0:
        sys.exit(1)
    for row in range(size):
        print("".join("X" if column in (row, size - 1 - row) else "." for column in range(size)))


if __name__ == "__main__":
    main()
