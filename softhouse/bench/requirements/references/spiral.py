import sys


def main() -> None:
    try:
        size = int(sys.argv[1])
        if size < 1:
            raise ValueError("not positive")
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    grid = [[0] * size for _ in range(size)]
    y, x, dy, dx = 0, 0, 0, 1
    for number in range(1, size * size + 1):
        grid[y][x] = number
        if not (0 <= y + dy < size and 0 <= x + dx < size and grid[y + dy][x + dx] == 0):
            dy, dx = dx, -dy
        y, x = y + dy, x + dx
    for row in grid:
        print(" ".join(map(str, row)))


main()
