import sys

g = sys.stdin.read().split()
H = len(g)
W = len(g[0]) if g else 0
for r in range(H):
    row = ""
    for c in range(W):
        n = 0
        for i in range(max(0, r - 1), min(H, r + 2)):
            for j in range(max(0, c - 1), min(W, c + 2)):
                if (i, j) != (r, c) and g[i][j] == "#":
                    n += 1
        row += "#" if n == 3 or (n == 2 and g[r][c] == "#") else "."
    print(row)
