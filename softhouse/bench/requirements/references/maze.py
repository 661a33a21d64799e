import sys
from collections import deque
from pathlib import Path


def main() -> None:
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    cells = {(y, x): cell for y, row in enumerate(rows) for x, cell in enumerate(row)}
    start = next(place for place, cell in cells.items() if cell == "S")
    steps = {start: 0}
    queue = deque([start])
    while queue:
        y, x = queue.popleft()
        if cells[y, x] == "E":
            print(steps[y, x])
            return
        for place in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
            if place not in steps and cells.get(place, "#") != "#":
                steps[place] = steps[y, x] + 1
                queue.append(place)
    print(-1)


main()
