import sys
from datetime import date

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def main() -> None:
    try:
        day = date.fromisoformat(sys.argv[1])
    except ValueError:
        sys.exit(1)
    print(DAYS[day.weekday()])


if __name__ == "__main__":
    main()
