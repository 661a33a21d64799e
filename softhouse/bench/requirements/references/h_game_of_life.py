import sys

grid = sys.stdin.read().split()
h, w = len(grid), len(grid[0])
for _ in range(int(sys.argv[1])):
    new = []
    for r in range(h):
        row = ""
        for c in range(w):
            n = sum(
                grid[y][x] == "#"
                for y in range(max(0, r - 1), min(h, r + 2))
                for x in range(max(0, c - 1), min(w, c + 2))
                if (y, x) != (r, c)
            )
            row += "#" if n == 3 or (n == 2 and grid[r][c] == "#") else "."
        new.append(row)
    grid = new
print("\n".join(grid))
