import calendar
import sys
from datetime import date, datetime


def main() -> None:
    try:
        day = datetime.strptime(sys.argv[1], "%Y-%m-%d").date()
    except ValueError:
        sys.exit(1)
    first_month = (day.month - 1) // 3 * 3 + 1
    last_month = first_month + 2
    last_day = calendar.monthrange(day.year, last_month)[1]
    print(date(day.year, first_month, 1), date(day.year, last_month, last_day))


if __name__ == "__main__":
    main()
