import sys


def main() -> None:
    rows, columns = int(sys.argv[1]), int(sys.argv[2])
    for row in range(1, rows + 1):
        print(*range(row, rows * columns + 1, rows))


if __name__ == "__main__":
    main()
