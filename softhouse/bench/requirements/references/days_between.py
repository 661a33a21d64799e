import sys
from datetime import date


def main() -> None:
    try:
        first, second = (date.fromisoformat(text) for text in sys.argv[1:3])
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    print(abs((second - first).days))


main()
