import re
import sys
from itertools import pairwise


def main() -> None:
    if len(sys.argv) != 2 or not re.fullmatch("[0-9]+", sys.argv[1]) or int(sys.argv[1]) == 0:
        sys.exit(1)
    row = [1]
    for _ in range(int(sys.argv[1])):
        print(*row)
        row = [1, *(left + right for left, right in pairwise(row)), 1]


if __name__ == "__main__":
    main()
