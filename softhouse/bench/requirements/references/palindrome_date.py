import sys
from datetime import date

try:
    start = date.fromisoformat(sys.argv[1])
except (IndexError, ValueError):
    sys.exit("usage: main.py YYYY-MM-DD")
for year in range(start.year, 10000):
    back = f"{year:04d}"[::-1]
    try:
        day = date(year, int(back[:2]), int(back[2:]))
    except ValueError:
        continue
    if day > start:
        print(day.isoformat())
        break
else:
    sys.exit("there is none")
