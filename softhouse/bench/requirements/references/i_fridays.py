import calendar, datetime, sys
y, m = int(sys.argv[1]), int(sys.argv[2])
if not 1 <= m <= 12:
    sys.exit(1)
for d in range(1, calendar.monthrange(y, m)[1] + 1):
    x = datetime.date(y, m, d)
    if x.weekday() == 4:
        print(x.isoformat())
