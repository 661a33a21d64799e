import csv
import sys
from collections import Counter


def main() -> None:
    totals: Counter[str] = Counter()
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            totals[row["category"]] += int(row["amount"])
    for category in sorted(totals):
        print(f"{category}: {totals[category]}")


main()
