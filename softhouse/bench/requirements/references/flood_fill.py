import sys
from pathlib import Path


def main() -> None:
    rows = [list(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    y, x, fill = int(sys.argv[2]) - 1, int(sys.argv[3]) - 1, sys.argv[4]
    if not (0 <= y < len(rows) and 0 <= x < len(rows[y])):
        print("outside the grid", file=sys.stderr)
        sys.exit(1)
    old, waiting, seen = rows[y][x], [(y, x)], set()
    while waiting:
        y, x = waiting.pop()
        if (y, x) in seen or not (0 <= y < len(rows) and 0 <= x < len(rows[y])) or rows[y][x] != old:
            continue
        seen.add((y, x))
        waiting += [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
    for y, x in seen:
        rows[y][x] = fill
    print("\n".join("".join(row) for row in rows))


main()
