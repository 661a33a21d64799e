import json, os, sys

P = "expenses.json"
rows = json.load(open(P)) if os.path.exists(P) else []
a = sys.argv[1:]
if a[0] == "add":
    rows.append([a[1], float(a[2])])
    with open(P, "w") as f:
        json.dump(rows, f)
elif a[0] == "total":
    print(f"{sum(x for c, x in rows if len(a) == 1 or c == a[1]):.2f}")
