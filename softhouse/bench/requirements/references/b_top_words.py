import re, sys
from collections import Counter

c = Counter(re.findall(r"[^\W\d_]+", sys.stdin.read().lower()))
for w, n in sorted(c.items(), key=lambda p: (-p[1], p[0]))[:3]:
    print(w, n)
