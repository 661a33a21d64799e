import sys

grid = sys.stdin.read().split()
h, w = len(grid), len(grid[0])


def live(r, c):
    return 0 <= r < h and 0 <= c < w and grid[r][c] == "#"


for _ in range(int(sys.argv[1])):
    new = []
    for r in range(h):
        row = ""
        for c in range(w):
            n = sum(live(r + a, c + b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)
            row += "#" if n == 3 or (n == 2 and live(r, c)) else "."
        new.append(row)
    grid = new
print("\n".join(grid))
