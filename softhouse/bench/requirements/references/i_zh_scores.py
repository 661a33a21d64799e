import sys
try:
    r = [l.split() for l in open(sys.argv[1], encoding="utf-8").read().splitlines() if l.strip()]
    r = [(a, int(b)) for a, b in r]
except (OSError, ValueError):
    sys.exit(1)
print(max(r, key=lambda p: p[1])[0])
print(f"{sum(b for _, b in r) / len(r):.1f}")
