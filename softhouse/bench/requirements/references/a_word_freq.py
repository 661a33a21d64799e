import re, sys
from collections import Counter

n = int(sys.argv[1])
c = Counter(re.findall("[a-z]+", sys.stdin.read().lower()))
for w, k in sorted(c.items(), key=lambda x: (-x[1], x[0]))[:n]:
    print(w, k)
