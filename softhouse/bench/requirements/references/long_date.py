import re
import sys
from datetime import date


def main() -> None:
    text = sys.argv[1]
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        sys.exit(1)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        sys.exit(1)
    print(f"{day.day} {day:%B} {day.year}")


if __name__ == "__main__":
    main()
