import json, math, os, sys

rows = []
if os.path.exists("ledger.json"):
    with open("ledger.json", encoding="utf-8") as f:
        rows = json.load(f)
cmd = sys.argv[1]
if cmd == "add":
    try:
        v = float(sys.argv[3])
    except ValueError:
        v = 0
    if not (v > 0 and math.isfinite(v)):
        sys.exit(1)
    rows.append([sys.argv[2], v])
    with open("ledger.json", "w", encoding="utf-8") as f:
        json.dump(rows, f, ensure_ascii=False)
elif cmd == "list":
    for n, v in rows:
        print(f"{n} {v:.2f}")
else:
    print(f"{sum(v for _, v in rows):.2f}")
