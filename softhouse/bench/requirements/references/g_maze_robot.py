import sys

with open(sys.argv[1]) as f:
    g = f.read().split()
for i, row in enumerate(g):
    if "S" in row:
        r, c = i, row.index("S")
for move in sys.argv[2]:
    dr, dc = {"U": (-1, 0), "D": (1, 0), "L": (0, -1), "R": (0, 1)}[move]
    nr, nc = r + dr, c + dc
    if 0 <= nr < len(g) and 0 <= nc < len(g[nr]) and g[nr][nc] != "#":
        r, c = nr, nc
print(r, c)
