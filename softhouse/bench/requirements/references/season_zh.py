import sys
from datetime import date

SEASONS = ["冬季", "春季", "夏季", "秋季"]


def main() -> None:
    try:
        day = date.fromisoformat(sys.argv[1])
    except ValueError:
        sys.exit(1)
    print(SEASONS[day.month % 12 // 3])


if __name__ == "__main__":
    main()
