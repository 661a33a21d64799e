import sys

HEIGHT, WIDTH = 6, 7


def wins(cells: dict[tuple[int, int], str], y: int, x: int) -> bool:
    player = cells[y, x]
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        length = 1
        for sign in (1, -1):
            at = (y + sign * dy, x + sign * dx)
            while cells.get(at) == player:
                length += 1
                at = (at[0] + sign * dy, at[1] + sign * dx)
        if length >= 4:
            return True
    return False


def refuse(move: str) -> None:
    print(f"not possible: {move}", file=sys.stderr)
    sys.exit(1)


def main() -> None:
    cells: dict[tuple[int, int], str] = {}
    verdict = "open"
    for turn, move in enumerate(sys.argv[1:]):
        if verdict != "open" or not move.isdigit() or not 1 <= int(move) <= WIDTH:
            refuse(move)
        x = int(move) - 1
        y = sum((y, x) in cells for y in range(HEIGHT))
        if y == HEIGHT:
            refuse(move)
        cells[y, x] = "XO"[turn % 2]
        if wins(cells, y, x):
            verdict = f"{cells[y, x]} wins"
        elif len(cells) == HEIGHT * WIDTH:
            verdict = "draw"
    for y in reversed(range(HEIGHT)):
        print(" ".join(cells.get((y, x), ".") for x in range(WIDTH)))
    print(verdict)


main()
