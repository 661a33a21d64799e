import sys
from collections import Counter


def main() -> None:
    totals: Counter[str] = Counter()
    for line in sys.stdin:
        if line.strip():
            number, article = line.strip().split(" x ", 1)
            totals[article] += int(number)
    for article, quantity in sorted(totals.items()):
        print(f"{article}: {quantity}")


if __name__ == "__main__":
    main()
