import sys
from collections import deque

with open(sys.argv[1]) as f:
    grid = f.read().split()
cells = {(r, c): ch for r, row in enumerate(grid) for c, ch in enumerate(row)}
start = next(p for p, ch in cells.items() if ch == "S")
steps = {start: 0}
queue = deque([start])
while queue:
    r, c = queue.popleft()
    if cells[r, c] == "E":
        print(steps[r, c])
        sys.exit(0)
    for p in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
        if cells.get(p, "#") != "#" and p not in steps:
            steps[p] = steps[r, c] + 1
            queue.append(p)
print("no way", file=sys.stderr)
sys.exit(1)
