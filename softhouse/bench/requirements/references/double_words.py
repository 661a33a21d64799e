import sys
from itertools import pairwise
from pathlib import Path


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        for first, second in pairwise(line.split()):
            if first == second:
                print(f"{number}: {first}")


main()
