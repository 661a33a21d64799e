import sys
from datetime import datetime

try:
    born, day = (datetime.strptime(a, "%Y-%m-%d").date() for a in sys.argv[1:3])
except ValueError:
    print("日期无效", file=sys.stderr)
    sys.exit(1)
if day < born:
    print("日期早于出生日期", file=sys.stderr)
    sys.exit(1)
print(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))
