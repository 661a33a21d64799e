import sys
from datetime import UTC, datetime


def main() -> None:
    try:
        moment = datetime.strptime(sys.argv[1], "%Y-%m-%dT%H:%M%z")
    except (IndexError, ValueError):
        print("expected a timestamp like 2024-03-01T00:30+02:00", file=sys.stderr)
        sys.exit(1)
    print(moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M"))


if __name__ == "__main__":
    main()
