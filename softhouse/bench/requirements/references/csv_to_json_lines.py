import csv
import json
import sys


def main() -> None:
    try:
        with open(sys.argv[1], encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        sys.exit(1)
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
