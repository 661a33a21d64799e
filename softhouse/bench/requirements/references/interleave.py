import sys
from itertools import zip_longest
from pathlib import Path


def main() -> None:
    first, second = (Path(name).read_text(encoding="utf-8").splitlines() for name in sys.argv[1:3])
    for pair in zip_longest(first, second):
        for line in pair:
            if line is not None:
                print(line)


main()
