import sys

rows = sys.stdin.read().split()
if any(len(row) != len(rows[0]) or set(row) - set("#.") for row in rows):
    print("bad map", file=sys.stderr)
    sys.exit(1)
land = {(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == "#"}
sizes = []
while land:
    todo = [land.pop()]
    size = 0
    while todo:
        r, c = todo.pop()
        size += 1
        for near in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if near in land:
                land.remove(near)
                todo.append(near)
    sizes.append(size)
print("islands:", len(sizes))
print("largest:", max(sizes, default=0))
