import sys
from datetime import date


def main() -> None:
    day = date.fromisoformat(sys.argv[1])
    christmas = date(day.year, 12, 25)
    if day > christmas:
        christmas = date(day.year + 1, 12, 25)
    print((christmas - day).days)


if __name__ == "__main__":
    main()
