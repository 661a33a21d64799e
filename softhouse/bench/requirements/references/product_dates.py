import sys
from datetime import date, timedelta

year = int(sys.argv[1])
day = date(year, 1, 1)
found = False
while day.year == year:
    if day.day * day.month == year % 100:
        print(day.isoformat())
        found = True
    day += timedelta(days=1)
if not found:
    print("none")
