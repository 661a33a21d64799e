import sys

try:
    with open(sys.argv[1], encoding="utf-8") as f:
        rows = [l.split() for l in f if l.strip()]
    rows = [(n, int(s)) for n, s in rows]
except (OSError, ValueError):
    sys.exit(1)
best = max(rows, key=lambda r: r[1])
out = (
    f"平均 {sum(s for _, s in rows) / len(rows):.2f}\n最高 {best[0]} {best[1]}\n不及格 {sum(s < 60 for _, s in rows)}\n"
)
sys.stdout.buffer.write(out.encode("utf-8"))
