import datetime
import sys

names = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
d = datetime.date.fromisoformat(sys.argv[1]) + datetime.timedelta(days=int(sys.argv[2]))
print(d.isoformat(), names[d.weekday()])
