import sys

total = 0
with open(sys.argv[1]) as f:
    for line in f:
        if not line.strip():
            continue
        par, strokes = map(int, line.split())
        d = strokes - par
        total += d
        print({-1: "birdie", 0: "par", 1: "bogey"}.get(d, f"{d:+d}"))
print("total", f"{total:+d}" if total else "0")
