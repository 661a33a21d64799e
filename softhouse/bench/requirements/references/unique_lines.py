import sys

seen = set()
for line in sys.stdin.read().splitlines():
    if line.lower() not in seen:
        seen.add(line.lower())
        print(line)
