import json, os, sys
F = "expenses.json"
d = json.load(open(F, encoding="utf-8")) if os.path.exists(F) else {}
if sys.argv[1] == "add":
    try:
        n = int(sys.argv[3])
    except ValueError:
        sys.exit(1)
    if n <= 0:
        sys.exit(1)
    d[sys.argv[2]] = d.get(sys.argv[2], 0) + n
    json.dump(d, open(F, "w", encoding="utf-8"))
else:
    for k, v in d.items():
        print(f"{k}: {v}")
    print(f"合计: {sum(d.values())}")
