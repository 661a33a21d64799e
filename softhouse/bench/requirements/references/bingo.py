import sys
from pathlib import Path


def main() -> None:
    called = set(sys.argv[2:])
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    card = [["X" if number in called else number for number in line.split()] for line in lines]
    for row in card:
        print(" ".join(row))
    if any(set(line) == {"X"} for line in [*card, *zip(*card, strict=True)]):
        print("BINGO")


if __name__ == "__main__":
    main()
