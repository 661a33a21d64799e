import csv
import sys

try:
    with open(sys.argv[1], newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f))
    i = rows[0].index(sys.argv[2])
except (OSError, ValueError, IndexError) as e:
    print(e, file=sys.stderr)
    sys.exit(1)
print(sum(int(row[i]) for row in rows[1:] if row))
