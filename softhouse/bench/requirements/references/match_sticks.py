import re
import sys

if len(sys.argv) != 2 or not re.fullmatch(r"-?[0-9]+", sys.argv[1]):
    sys.exit(1)
need = dict(zip("0123456789-", [6, 2, 5, 5, 4, 5, 6, 3, 7, 6, 1]))
print(sum(need[c] for c in sys.argv[1]))
