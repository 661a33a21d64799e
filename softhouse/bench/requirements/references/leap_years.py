import calendar
import sys

first, last = map(int, sys.argv[1:3])
years = [str(year) for year in range(first, last + 1) if calendar.isleap(year)]
print("\n".join(years) or "无")
