import sys

with open(sys.argv[1], encoding="utf-8") as f:
    lines = f.read().splitlines()
kept = list(dict.fromkeys(lines))
with open(sys.argv[2], "w", encoding="utf-8") as f:
    for line in kept:
        f.write(line + "\n")
print(len(lines) - len(kept))
