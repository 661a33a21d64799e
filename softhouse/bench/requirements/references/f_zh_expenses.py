import json
import os
import sys

entries = []
if os.path.exists("expenses.json"):
    with open("expenses.json", encoding="utf-8") as f:
        entries = json.load(f)
command = sys.argv[1]
if command == "add":
    try:
        amount = int(sys.argv[3])
        if amount <= 0:
            raise ValueError
    except (ValueError, IndexError):
        print("金额必须是正整数", file=sys.stderr)
        sys.exit(1)
    entries.append([sys.argv[2], amount])
    with open("expenses.json", "w", encoding="utf-8") as f:
        json.dump(entries, f, ensure_ascii=False)
elif command == "list":
    for name, amount in entries:
        print(name, amount)
elif command == "total":
    print(sum(amount for _, amount in entries))
