import sys

with open(sys.argv[1], encoding="utf-8") as f:
    rows = [line.split(",") for line in f.read().splitlines() if line.strip()]
header = rows[0]
if sys.argv[2] not in header:
    print("no such column", file=sys.stderr)
    sys.exit(1)
i = header.index(sys.argv[2])
try:
    values = [float(r[i]) for r in rows[1:]]
    print(f"{sum(values) / len(values):.2f}")
except (ValueError, IndexError, ZeroDivisionError):
    print("bad value", file=sys.stderr)
    sys.exit(1)
