import sys


def main() -> None:
    try:
        size = int(sys.argv[1])
    except ValueError:
        size = 0
    if size < 1:
        print(f"not a positive integer: {sys.argv[1]}", file=sys.stderr)
        sys.exit(1)
    for row in range(size):
        print("*" * size if row in (0, size - 1) else "*" + " " * (size - 2) + "*")


main()
