import sys
from pathlib import Path

DIRECTIONS = {
    "N": (-1, 0),
    "NE": (-1, 1),
    "E": (0, 1),
    "SE": (1, 1),
    "S": (1, 0),
    "SW": (1, -1),
    "W": (0, -1),
    "NW": (-1, -1),
}


def main() -> None:
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    word = sys.argv[2]
    cells = {(y, x): letter for y, row in enumerate(rows) for x, letter in enumerate(row)}
    found = False
    for y, x in cells:
        for name, (dy, dx) in DIRECTIONS.items():
            if all(cells.get((y + n * dy, x + n * dx)) == letter for n, letter in enumerate(word)):
                print(y + 1, x + 1, name)
                found = True
    if not found:
        print("无")
        sys.exit(1)


main()
