import csv, sys

with open(sys.argv[1], newline="", encoding="utf-8") as f:
    rows = [r for r in csv.reader(f) if r]
if sys.argv[2] not in rows[0]:
    sys.exit("no such column")
i = rows[0].index(sys.argv[2])
v = [float(r[i]) for r in rows[1:] if i < len(r) and r[i].strip()]
if not v:
    sys.exit("no numbers")
print(f"{sum(v) / len(v):.2f}")
