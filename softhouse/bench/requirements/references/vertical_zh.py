import sys
from itertools import zip_longest

lines = [line.rstrip("\n") for line in sys.stdin]
for row in zip_longest(*reversed(lines), fillvalue="\u3000"):
    print("".join(row))
