import json
import math
import os
import sys

PATH = "expenses.json"
items = []
if os.path.exists(PATH):
    with open(PATH, encoding="utf-8") as f:
        items = json.load(f)

args = sys.argv[1:]
if args[:1] == ["add"] and len(args) == 3:
    try:
        amount = float(args[1])
    except ValueError:
        amount = 0.0
    if not math.isfinite(amount) or amount <= 0:
        print("the amount must be a positive number", file=sys.stderr)
        sys.exit(1)
    items.append({"amount": amount, "category": args[2]})
    with open(PATH, "w", encoding="utf-8") as f:
        json.dump(items, f)
elif args[:1] == ["total"] and len(args) <= 2:
    chosen = [i for i in items if len(args) == 1 or i["category"] == args[1]]
    print(f"{sum(i['amount'] for i in chosen):.2f}")
else:
    sys.exit(1)
