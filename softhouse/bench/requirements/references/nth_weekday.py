import sys
from datetime import date, timedelta

WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    if n < 1 or day.month != month:
        raise ValueError("no such date")
    return day


def main() -> None:
    year, month, weekday, n = sys.argv[1:]
    try:
        print(nth_weekday(int(year), int(month), WEEKDAYS.index(weekday), int(n)))
    except (ValueError, OverflowError):
        sys.exit(1)


if __name__ == "__main__":
    main()
