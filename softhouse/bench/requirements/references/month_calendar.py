import calendar
import sys


def main() -> None:
    year, month = int(sys.argv[1]), int(sys.argv[2])
    print("Mo Tu We Th Fr Sa Su")
    for week in calendar.monthcalendar(year, month):
        print(" ".join(f"{day or '':>2}" for day in week).rstrip())


main()
