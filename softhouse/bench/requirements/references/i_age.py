import datetime, sys
try:
    a, b = (datetime.datetime.strptime(x, "%Y-%m-%d").date() for x in sys.argv[1:3])
except ValueError:
    sys.exit(1)
if b < a:
    sys.exit(1)
print(b.year - a.year - ((b.month, b.day) < (a.month, a.day)))
