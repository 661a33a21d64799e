import sys
from datetime import datetime

try:
    b, d = (datetime.strptime(x, "%Y-%m-%d").date() for x in sys.argv[1:3])
except ValueError:
    sys.exit(1)
if d < b:
    sys.exit(1)
print(d.year - b.year - ((d.month, d.day) < (b.month, b.day)))
