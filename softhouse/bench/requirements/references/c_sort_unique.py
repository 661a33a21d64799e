import sys

try:
    with open(sys.argv[1], encoding="utf-8") as f:
        lines = f.read().splitlines()
except FileNotFoundError:
    sys.exit("no such file")
out = sorted(set(lines))
with open(sys.argv[2], "w", encoding="utf-8") as f:
    f.writelines(l + "\n" for l in out)
print(f"removed: {len(lines) - len(out)}")
