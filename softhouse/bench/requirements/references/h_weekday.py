import sys
from datetime import datetime

NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
try:
    days = [datetime.strptime(a, "%Y-%m-%d") for a in sys.argv[1:]]
except ValueError:
    print("no such date", file=sys.stderr)
    sys.exit(1)
for day in days:
    print(NAMES[day.weekday()])
