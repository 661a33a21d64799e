import re
import sys

counts = {}
for line in sys.stdin.read().splitlines():
    if not line.strip():
        continue
    match = re.match(r"\d{1,2}:\d{2} ([^\s:]+):", line)
    if not match:
        print("not a chat line", file=sys.stderr)
        sys.exit(1)
    counts[match[1]] = counts.get(match[1], 0) + 1
for name in sorted(counts, key=lambda n: (-counts[n], n)):
    print(name, counts[name])
