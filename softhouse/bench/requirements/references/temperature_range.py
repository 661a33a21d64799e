import csv
import sys


def main() -> None:
    best = None
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if not row:
                continue
            day, high, low = row
            difference = int(high) - int(low)
            if best is None or difference > best[1]:
                best = day, difference
    if best is None:
        print("文件里没有数据", file=sys.stderr)
        sys.exit(1)
    print(*best)


main()
