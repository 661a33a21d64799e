import sys
from calendar import monthrange
from datetime import date


def add_months(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def main() -> None:
    start, count = date.fromisoformat(sys.argv[1]), int(sys.argv[2])
    for months in range(1, count + 1):
        print(add_months(start, months).isoformat())


if __name__ == "__main__":
    main()
