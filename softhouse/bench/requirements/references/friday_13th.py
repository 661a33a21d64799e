import sys
from datetime import date


def main() -> None:
    try:
        days = [date(int(sys.argv[1]), month, 13) for month in range(1, 13)]
    except (ValueError, OverflowError):
        print("no year from 1 to 9999", file=sys.stderr)
        sys.exit(1)
    for day in days:
        if day.weekday() == 4:
            print(day.isoformat())


main()
