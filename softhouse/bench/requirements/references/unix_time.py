import sys
from datetime import UTC, datetime


def main() -> None:
    moment = datetime.fromtimestamp(int(sys.argv[1]), tz=UTC)
    print(moment.strftime("%Y-%m-%d %H:%M:%S"))


if __name__ == "__main__":
    main()
