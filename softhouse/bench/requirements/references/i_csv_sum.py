import sys
try:
    rows = [l.split(",") for l in open(sys.argv[1], encoding="utf-8").read().splitlines() if l]
except OSError:
    sys.exit(1)
if not rows or sys.argv[2] not in rows[0]:
    sys.exit(1)
i = rows[0].index(sys.argv[2])
print(sum(int(r[i]) for r in rows[1:]))
