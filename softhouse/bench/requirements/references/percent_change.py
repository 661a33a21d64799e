import sys

try:
    old, new = (float(a) for a in sys.argv[1:])
except ValueError:
    print("give two numbers", file=sys.stderr)
    sys.exit(1)
if not old > 0:
    print("the old price must be above zero", file=sys.stderr)
    sys.exit(1)
if old == new:
    print("0.0%")
else:
    print(f"{(new - old) / old * 100:+.1f}%")
