import sys
from datetime import date, timedelta


def main() -> None:
    try:
        day = date.fromisoformat(sys.argv[1])
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    day += timedelta(days=int(sys.argv[2]))
    print(f"{day.isoformat()} 星期{'一二三四五六日'[day.weekday()]}")


main()
