import sys

with open(sys.argv[1], encoding="utf-8") as f:
    lines = f.readlines()
kept = [line for line in lines if line.rstrip("\n").strip(" ")]
with open(sys.argv[2], "w", encoding="utf-8") as f:
    f.writelines(kept)
print("removed", len(lines) - len(kept))
