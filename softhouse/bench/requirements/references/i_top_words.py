import re, sys
from collections import Counter
c = Counter(re.findall("[a-z]+", open(sys.argv[1], encoding="utf-8").read().lower()))
for w, n in sorted(c.items(), key=lambda p: (-p[1], p[0]))[:3]:
    print(f"{w}: {n}")
