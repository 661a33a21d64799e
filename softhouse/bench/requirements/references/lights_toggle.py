import sys


def main() -> None:
    rows, columns = int(sys.argv[1]), int(sys.argv[2])
    grid = [[False] * columns for _ in range(rows)]
    for press in sys.argv[3:]:
        row, column = (int(part) - 1 for part in press.split(","))
        for y, x in [(row, column), (row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]:
            if 0 <= y < rows and 0 <= x < columns:
                grid[y][x] = not grid[y][x]
    for line in grid:
        print("".join("*" if cell else "." for cell in line))


if __name__ == "__main__":
    main()
