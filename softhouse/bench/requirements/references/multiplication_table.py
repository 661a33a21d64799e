import sys


def main() -> None:
    try:
        size = int(sys.argv[1])
        if not 1 <= size <= 9:
            raise ValueError("1 到 9")
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    for row in range(1, size + 1):
        print(" ".join(f"{column}*{row}={column * row}" for column in range(1, row + 1)))


main()
