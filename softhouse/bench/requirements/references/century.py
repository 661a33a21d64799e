import sys

try:
    year = int(sys.argv[1])
except (IndexError, ValueError):
    sys.exit("usage: main.py YEAR")
if year < 1:
    sys.exit("the year must be at least 1")
number = (year - 1) // 100 + 1
if number % 100 in (11, 12, 13):
    ending = "th"
else:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
print(f"{number}{ending} century")
