import sys

g = sys.stdin.read().split()
for r, row in enumerate(g):
    out = ""
    for c, ch in enumerate(row):
        if ch == "*":
            out += "*"
        else:
            out += str(sum(line[max(0, c - 1) : c + 2].count("*") for line in g[max(0, r - 1) : r + 2]))
    print(out)
