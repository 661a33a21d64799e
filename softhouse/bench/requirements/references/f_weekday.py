import sys
from datetime import datetime

NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
try:
    day = datetime.strptime(sys.argv[1], "%Y-%m-%d")
except (ValueError, IndexError):
    print("not a date", file=sys.stderr)
    sys.exit(1)
print(NAMES[day.weekday()])
