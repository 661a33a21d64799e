import sys

try:
    scores = [int(line) for line in sys.stdin.read().splitlines()]
except ValueError:
    scores = []
if not scores:
    print("没有成绩或不是整数", file=sys.stderr)
    sys.exit(1)
print(max(scores))
print(min(scores))
print(f"{sum(scores) / len(scores):.2f}")
