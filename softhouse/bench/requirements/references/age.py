import sys
from datetime import date, datetime


def read_date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        print(f"not a date: {text}", file=sys.stderr)
        sys.exit(1)


def main() -> None:
    birth, day = (read_date(text) for text in sys.argv[1:3])
    print(day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)))


main()
