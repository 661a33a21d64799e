import json, os, sys

items = []
if os.path.exists("ledger.json"):
    with open("ledger.json", encoding="utf-8") as f:
        items = json.load(f)
a = sys.argv[1:]
if a[:1] == ["add"] and len(a) == 3:
    try:
        n = int(a[1])
    except ValueError:
        sys.exit(1)
    if n <= 0:
        sys.exit(1)
    items.append([n, a[2]])
    with open("ledger.json", "w", encoding="utf-8") as f:
        json.dump(items, f, ensure_ascii=False)
elif a[:1] == ["total"] and len(a) <= 2:
    print(sum(n for n, c in items if len(a) == 1 or c == a[1]))
else:
    sys.exit(1)
