import sys

lines = [line.strip() for line in sys.stdin.read().splitlines()]
lines = [line for line in lines if line]
if not lines:
    print("没有诗句", file=sys.stderr)
    sys.exit(1)
print("".join(line[0] for line in lines))
