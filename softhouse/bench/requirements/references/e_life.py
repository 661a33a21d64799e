import sys

grid = [line for line in sys.stdin.read().splitlines() if line]


def alive(r, c):
    return 0 <= r < len(grid) and 0 <= c < len(grid[r]) and grid[r][c] == "#"


for _ in range(int(sys.argv[1])):
    new = []
    for r, row in enumerate(grid):
        line = ""
        for c in range(len(row)):
            n = sum(alive(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j)
            line += "#" if n == 3 or (n == 2 and alive(r, c)) else "."
        new.append(line)
    grid = new
for row in grid:
    print(row)
