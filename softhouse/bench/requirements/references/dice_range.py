import re
import sys

m = re.fullmatch(r"([0-9]+)d([0-9]+)([+-][0-9]+)?", sys.argv[1]) if len(sys.argv) == 2 else None
if not m:
    sys.exit(1)
n, sides, plus = int(m[1]), int(m[2]), int(m[3] or 0)
print(n + plus, n * sides + plus)
