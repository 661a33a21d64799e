import sys

try:
    n = [int(x) for x in sys.stdin.read().split()]
except ValueError:
    sys.exit(1)
if not n:
    sys.exit(1)
print(f"min: {min(n)}")
print(f"max: {max(n)}")
print(f"average: {sum(n) / len(n):.2f}")
