import sys
from datetime import date

try:
    a, b = map(date.fromisoformat, sys.argv[1:3])
except ValueError:
    sys.exit("bad date")
if b < a:
    sys.exit("second date before the first")
print(b.year - a.year - ((b.month, b.day) < (a.month, a.day)))
