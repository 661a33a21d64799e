import sys
from itertools import zip_longest
from pathlib import Path


def main() -> None:
    first, second = (Path(name).read_text(encoding="utf-8").splitlines() for name in sys.argv[1:3])
    different = [n for n, (a, b) in enumerate(zip_longest(first, second), 1) if a != b]
    for number in different:
        print(number)
    sys.exit(1 if different else 0)


main()
