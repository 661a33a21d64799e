import sys

JUMPS = [(1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2)]


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def square(text: str) -> tuple[int, int]:
    if len(text) != 2 or text[0] not in "abcdefgh" or text[1] not in "12345678":
        fail(f"not a square: {text}")
    return "abcdefgh".index(text[0]), int(text[1]) - 1


def moves(start: tuple[int, int], end: tuple[int, int], occupied: set[tuple[int, int]]) -> int | None:
    reached, edge, count = {start}, {start}, 0
    while edge:
        if end in edge:
            return count
        near = {(x + dx, y + dy) for x, y in edge for dx, dy in JUMPS}
        edge = {(x, y) for x, y in near if 0 <= x < 8 and 0 <= y < 8} - reached - occupied
        reached |= edge
        count += 1
    return None


def main() -> None:
    if len(sys.argv) < 3:
        fail("usage: main.py FROM TO [OCCUPIED...]")
    start, end, *occupied = [square(text) for text in sys.argv[1:]]
    count = moves(start, end, set(occupied))
    if count is None:
        fail("no way")
    print(count)


main()
