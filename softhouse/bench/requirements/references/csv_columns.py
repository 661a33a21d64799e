import csv
import sys
from pathlib import Path


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    if len(sys.argv) < 3:
        fail("usage: main.py FILE COLUMN...")
    path, columns = Path(sys.argv[1]), sys.argv[2:]
    if not path.is_file():
        fail(f"no such file: {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    header = rows[0] if rows else []
    for column in columns:
        if column not in header:
            fail(f"no such column: {column}")
    places = [header.index(column) for column in columns]
    for row in rows:
        print("\t".join(row[place] if place < len(row) else "" for place in places))


main()
