import math
import sys
from fractions import Fraction


def main() -> None:
    rest = Fraction(sys.argv[1])
    parts: list[str] = []
    while rest > 0:
        denominator = math.ceil(1 / rest)
        parts.append(f"1/{denominator}")
        rest -= Fraction(1, denominator)
    print(" + ".join(parts))


if __name__ == "__main__":
    main()
