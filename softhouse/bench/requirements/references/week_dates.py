import sys
from datetime import datetime, timedelta


def main() -> None:
    try:
        day = datetime.strptime(sys.argv[1], "%Y-%m-%d").date()
    except ValueError:
        sys.exit(1)
    monday = day - timedelta(days=day.weekday())
    for offset in range(7):
        print(monday + timedelta(days=offset))


if __name__ == "__main__":
    main()
