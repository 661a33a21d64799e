import json, os, sys

P = "stock.json"
d = json.load(open(P, encoding="utf-8")) if os.path.exists(P) else {}
a = sys.argv[1:]
if a[0] == "show":
    print(d.get(a[1], 0))
    sys.exit(0)
n = int(a[2])
if a[0] == "out":
    if n > d.get(a[1], 0):
        sys.exit(1)
    n = -n
d[a[1]] = d.get(a[1], 0) + n
with open(P, "w", encoding="utf-8") as f:
    json.dump(d, f)
