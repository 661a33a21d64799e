import re
import sys
from collections import Counter

counts = Counter(re.findall("[a-z]+", sys.stdin.read().lower()))
for word, n in sorted(counts.items(), key=lambda p: (-p[1], p[0]))[:3]:
    print(word, n)
