import sys
from datetime import date


def main() -> None:
    try:
        day = date.fromisoformat(sys.argv[1])
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    number = day.timetuple().tm_yday
    left = (date(day.year, 12, 31) - day).days
    print(number, left)


main()
