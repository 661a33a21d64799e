import sys
from collections import deque
g = open(sys.argv[1]).read().split()
s = next((y, r.index("S")) for y, r in enumerate(g) if "S" in r)
d = {s: 0}
q = deque([s])
while q:
    y, x = q.popleft()
    if g[y][x] == "E":
        print(d[y, x])
        sys.exit(0)
    for b, a in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
        if 0 <= b < len(g) and 0 <= a < len(g[b]) and g[b][a] != "#" and (b, a) not in d:
            d[b, a] = d[y, x] + 1
            q.append((b, a))
print("no way")
sys.exit(1)
