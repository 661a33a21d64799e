import csv, sys

try:
    with open(sys.argv[1], newline="", encoding="utf-8") as f:
        rows = [r for r in csv.reader(f) if r]
except OSError:
    sys.exit("no such file")
if not rows or sys.argv[2] not in rows[0]:
    sys.exit("no such column")
i = rows[0].index(sys.argv[2])
print(sum(int(r[i]) for r in rows[1:]))
