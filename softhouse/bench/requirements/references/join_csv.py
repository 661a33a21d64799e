import csv
import sys
from pathlib import Path


def read(path: str) -> tuple[list[str], list[list[str]]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        header, *rows = [row for row in csv.reader(file) if row]
    return header, rows


def main() -> None:
    (first_header, first), (second_header, second) = read(sys.argv[1]), read(sys.argv[2])
    left, right = first_header.index(sys.argv[3]), second_header.index(sys.argv[3])
    others = {row[right]: row[:right] + row[right + 1 :] for row in second}
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(first_header + second_header[:right] + second_header[right + 1 :])
    out.writerows(row + others[row[left]] for row in first if row[left] in others)


main()
