import sys
from datetime import date


def main() -> None:
    start1, end1, start2, end2 = (date.fromisoformat(text) for text in sys.argv[1:5])
    days = (min(end1, end2) - max(start1, start2)).days + 1
    print(max(days, 0))


if __name__ == "__main__":
    main()
