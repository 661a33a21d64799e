import sys

g = open(sys.argv[1]).read().split()
for _ in range(int(sys.argv[2])):
    h, w = len(g), len(g[0])
    new = []
    for r in range(h):
        row = ""
        for c in range(w):
            n = sum(
                g[y][x] == "#"
                for y in range(max(0, r - 1), min(h, r + 2))
                for x in range(max(0, c - 1), min(w, c + 2))
                if (y, x) != (r, c)
            )
            row += "#" if n == 3 or (n == 2 and g[r][c] == "#") else "."
        new.append(row)
    g = new
print("\n".join(g))
