import sys
from pathlib import Path


def main() -> None:
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    called = {int(number) for number in sys.argv[2:]}
    rows = [[int(number) for number in line.split()] for line in text.splitlines() if line.strip()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    diagonals = [[rows[i][i] for i in range(5)], [rows[i][4 - i] for i in range(5)]]
    full = any(called.issuperset(line) for line in rows + columns + diagonals)
    print("bingo" if full else "not yet")


if __name__ == "__main__":
    main()
