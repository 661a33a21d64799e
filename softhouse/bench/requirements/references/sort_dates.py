import sys
from datetime import datetime


def main() -> None:
    try:
        dates = [datetime.strptime(line.strip(), "%d.%m.%Y") for line in sys.stdin]
    except ValueError:
        sys.exit(1)
    for date in sorted(dates):
        print(date.strftime("%d.%m.%Y"))


if __name__ == "__main__":
    main()
