import sys
from collections import Counter

counts = Counter(sys.stdin.read().lower().split())
for word, n in sorted(counts.items(), key=lambda p: (-p[1], p[0]))[:3]:
    print(word, n)
