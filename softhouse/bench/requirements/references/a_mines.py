import sys

with open(sys.argv[1]) as f:
    g = f.read().split()
H = len(g)
W = len(g[0]) if g else 0
for r in range(H):
    out = ""
    for c in range(W):
        if g[r][c] == "*":
            out += "*"
        else:
            out += str(
                sum(
                    g[i][j] == "*"
                    for i in range(max(0, r - 1), min(H, r + 2))
                    for j in range(max(0, c - 1), min(W, c + 2))
                )
            )
    print(out)
