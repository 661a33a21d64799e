import json
import os
import sys

entries = []
if os.path.exists("ledger.json"):
    with open("ledger.json", encoding="utf-8") as f:
        entries = json.load(f)

args = sys.argv[1:]
if args[:1] == ["add"] and len(args) == 3:
    try:
        amount = int(args[2])
    except ValueError:
        amount = 0
    if amount <= 0:
        print("金额必须是正整数", file=sys.stderr)
        sys.exit(1)
    entries.append([args[1], amount])
    with open("ledger.json", "w", encoding="utf-8") as f:
        json.dump(entries, f, ensure_ascii=False)
elif args == ["report"]:
    sums = {}
    for name, amount in entries:
        sums[name] = sums.get(name, 0) + amount
    for name, amount in sums.items():
        print(f"{name}: {amount}")
    print(f"总计: {sum(sums.values())}")
else:
    sys.exit(1)
