import sys

with open(sys.argv[1]) as f:
    lines = f.read().splitlines()
kept = list(dict.fromkeys(lines))
with open(sys.argv[2], "w") as f:
    f.writelines(l + "\n" for l in kept)
print("removed", len(lines) - len(kept))
