import sys
from collections import Counter

socks = Counter(sys.argv[1:])
print("pairs:", sum(n // 2 for n in socks.values()))
print("odd:", " ".join(sorted(c for c, n in socks.items() if n % 2)) or "none")
