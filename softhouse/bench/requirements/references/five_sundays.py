import sys
from datetime import date


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdecimal() or not 1 <= int(sys.argv[1]) <= 9999:
        sys.exit("error: a year from 1 to 9999 please")
    year = int(sys.argv[1])
    total = 0
    for month in range(1, 13):
        sundays = 0
        for day in range(1, 32):
            try:
                sundays += date(year, month, day).weekday() == 6
            except ValueError:
                break
        if sundays == 5:
            print(f"{year:04d}-{month:02d}")
            total += 1
    print(f"total: {total}")


main()
