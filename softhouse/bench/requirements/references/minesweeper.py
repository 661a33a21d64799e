import sys
from pathlib import Path


def main() -> None:
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    mines = {(y, x) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell == "*"}
    for y, row in enumerate(rows):
        line = ""
        for x, cell in enumerate(row):
            near = sum((y + dy, x + dx) in mines for dy in (-1, 0, 1) for dx in (-1, 0, 1))
            line += "*" if cell == "*" else str(near)
        print(line)


main()
