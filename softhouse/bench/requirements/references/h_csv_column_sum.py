import sys

try:
    with open(sys.argv[1]) as f:
        rows = [line.split(",") for line in f.read().splitlines() if line]
    at = rows[0].index(sys.argv[2])
except (OSError, ValueError, IndexError):
    print("no such file or column", file=sys.stderr)
    sys.exit(1)
print(sum(int(row[at]) for row in rows[1:]))
