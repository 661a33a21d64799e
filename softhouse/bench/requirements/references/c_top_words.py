import re, sys
from collections import Counter

text = open(sys.argv[1], encoding="utf-8").read().lower()
c = Counter(re.findall(r"[^\W\d_]+", text))
for w, k in sorted(c.items(), key=lambda p: (-p[1], p[0]))[: int(sys.argv[2])]:
    print(w, k)
