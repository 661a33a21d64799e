import csv
import sys


def main() -> None:
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    if sys.argv[2] not in names:
        print(f"no column {sys.argv[2]}", file=sys.stderr)
        sys.exit(1)
    column = names.index(sys.argv[2])
    try:
        rows.sort(key=lambda row: float(row[column]))
    except ValueError:
        rows.sort(key=lambda row: row[column])
    csv.writer(sys.stdout, lineterminator="\n").writerows([names, *rows])


main()
