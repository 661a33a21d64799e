import re
import sys


def main() -> None:
    first, second = sys.argv[1:3]
    if not all(re.fullmatch("[a-h][1-8]", square) for square in (first, second)):
        sys.exit(1)
    columns = abs(ord(first[0]) - ord(second[0]))
    rows = abs(int(first[1]) - int(second[1]))
    print("yes" if 0 in (columns, rows) or columns == rows else "no")


if __name__ == "__main__":
    main()
