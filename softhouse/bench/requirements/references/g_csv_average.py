import sys

with open(sys.argv[1], encoding="utf-8") as f:
    rows = [line.split(",") for line in f.read().splitlines() if line]
column = sys.argv[2]
if len(rows) < 2 or column not in rows[0]:
    sys.exit(1)
i = rows[0].index(column)
values = [float(row[i]) for row in rows[1:]]
print(f"{sum(values) / len(values):.2f}")
