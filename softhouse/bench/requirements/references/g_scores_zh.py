import sys

try:
    scores = [int(line) for line in sys.stdin.read().splitlines()]
except ValueError:
    sys.exit(1)
if not scores or any(not 0 <= s <= 100 for s in scores):
    sys.exit(1)
print(max(scores))
print(min(scores))
print(f"{sum(scores) / len(scores):.1f}")
