import calendar
import sys


def main() -> None:
    year, month = int(sys.argv[1]), int(sys.argv[2])
    print(f"{year:04d}-{month:02d}-{calendar.monthrange(year, month)[1]}")


if __name__ == "__main__":
    main()
