import sys
from pathlib import Path


def step(alive: set[tuple[int, int]], height: int, width: int) -> set[tuple[int, int]]:
    born = set()
    for y in range(height):
        for x in range(width):
            near = sum((y + dy, x + dx) in alive for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx)
            if near == 3 or (near == 2 and (y, x) in alive):
                born.add((y, x))
    return born


def main() -> None:
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    height, width = len(rows), len(rows[0])
    alive = {(y, x) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell == "#"}
    for _ in range(int(sys.argv[2])):
        alive = step(alive, height, width)
    for y in range(height):
        print("".join("#" if (y, x) in alive else "." for x in range(width)))


main()
