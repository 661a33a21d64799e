import sys
g = open(sys.argv[1]).read().split()
h, w = len(g), len(g[0])
for _ in range(int(sys.argv[2])):
    n = []
    for y in range(h):
        r = ""
        for x in range(w):
            k = sum(g[b][a] == "#" for b in range(max(0, y - 1), min(h, y + 2)) for a in range(max(0, x - 1), min(w, x + 2)) if (a, b) != (x, y))
            r += "#" if k == 3 or (k == 2 and g[y][x] == "#") else "."
        n.append(r)
    g = n
print("\n".join(g))
