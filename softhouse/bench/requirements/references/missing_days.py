import datetime
import sys

try:
    days = {
        datetime.datetime.strptime(line.strip(), "%Y-%m-%d").date()
        for line in sys.stdin.read().splitlines()
        if line.strip()
    }
except ValueError:
    print("not a date", file=sys.stderr)
    sys.exit(1)
missing = []
if days:
    day = min(days)
    while day < max(days):
        if day not in days:
            missing.append(day.isoformat())
        day += datetime.timedelta(days=1)
print("\n".join(missing) or "complete")
