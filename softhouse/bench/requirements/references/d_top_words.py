import re
import sys
from collections import Counter

n = int(sys.argv[1])
counts = Counter(re.findall(r"[a-z]+", sys.stdin.read().lower()))
for word, count in sorted(counts.items(), key=lambda p: (-p[1], p[0]))[:n]:
    print(word, count)
