import re
import sys
from fractions import Fraction


def read(line: str) -> Fraction:
    found = re.fullmatch(r"(-?\d+)(?:/(\d+))?", line.strip())
    if not found or (found[2] and int(found[2]) == 0):
        print(f"no fraction: {line}", file=sys.stderr)
        sys.exit(1)
    return Fraction(int(found[1]), int(found[2] or 1))


print(sum((read(line) for line in sys.stdin.read().splitlines()), Fraction(0)))
