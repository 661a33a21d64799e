import sys

with open(sys.argv[1]) as f:
    grid = f.read().split()
h, w = len(grid), len(grid[0])
for _ in range(int(sys.argv[2])):
    new = []
    for y in range(h):
        row = ""
        for x in range(w):
            n = sum(
                grid[b][a] == "#"
                for b in range(max(0, y - 1), min(h, y + 2))
                for a in range(max(0, x - 1), min(w, x + 2))
                if (a, b) != (x, y)
            )
            row += "#" if n == 3 or (n == 2 and grid[y][x] == "#") else "."
        new.append(row)
    grid = new
print("\n".join(grid))
