import sys

try:
    with open(sys.argv[1], encoding="utf-8") as f:
        lines = f.read().splitlines()
except OSError:
    sys.exit(1)
kept = list(dict.fromkeys(lines))
with open(sys.argv[2], "w", encoding="utf-8") as f:
    for line in kept:
        print(line, file=f)
print(len(lines) - len(kept))
