import sys

try:
    with open(sys.argv[1], encoding="utf-8") as f:
        rows = [line.split() for line in f if line.strip()]
except OSError:
    sys.exit(1)
rows = [(name, int(score)) for name, score in rows]
for name, score in sorted(rows, key=lambda r: -r[1]):
    print(name, score)
print(f"平均分 {sum(s for _, s in rows) / len(rows):.1f}")
