import csv, sys

try:
    with open(sys.argv[1], newline="") as f:
        rows = list(csv.DictReader(f))
    xs = [int(r[sys.argv[2]]) for r in rows]
except (OSError, KeyError):
    sys.exit(1)
print(f"sum={sum(xs)} min={min(xs)} max={max(xs)}")
