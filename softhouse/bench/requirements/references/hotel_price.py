import sys
from datetime import date, timedelta

day, end = date.fromisoformat(sys.argv[1]), date.fromisoformat(sys.argv[2])
if end <= day:
    sys.exit(1)
price = 0
while day < end:
    price += 120 if day.weekday() in (4, 5) else 90
    day += timedelta(days=1)
print(price)
