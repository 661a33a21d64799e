import re
import sys
from collections import Counter

counts = Counter(re.findall(r"[^\W\d_]+", sys.stdin.read().lower()))
for word, n in sorted(counts.items(), key=lambda p: (-p[1], p[0]))[: int(sys.argv[1])]:
    print(word, n)
