import csv
import sys


def fill_down(rows: list[list[str]]) -> list[list[str]]:
    filled: list[list[str]] = []
    for row in rows:
        if filled:
            row = [cell or above for cell, above in zip(row, filled[-1], strict=True)]
        filled.append(row)
    return filled


def main() -> None:
    try:
        with open(sys.argv[1], encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except FileNotFoundError:
        sys.exit(1)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerows(rows[:1] + fill_down(rows[1:]))


if __name__ == "__main__":
    main()
