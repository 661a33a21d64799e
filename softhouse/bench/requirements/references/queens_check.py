import sys
from itertools import combinations
from pathlib import Path


def main() -> None:
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    queens = [(y, x) for y, row in enumerate(rows) for x, field in enumerate(row) if field == "Q"]
    attack = any(y1 == y2 or x1 == x2 or abs(y1 - y2) == abs(x1 - x2) for (y1, x1), (y2, x2) in combinations(queens, 2))
    print("attack" if attack else "safe")


if __name__ == "__main__":
    main()
