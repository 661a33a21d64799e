import json
import os
import sys

FILE = "shopping.json"
items = []
if os.path.exists(FILE):
    with open(FILE) as f:
        items = json.load(f)
command = sys.argv[1]
if command == "list":
    for item in items:
        print(item)
else:
    if command == "add":
        items.append(sys.argv[2])
    elif command == "remove" and sys.argv[2] in items:
        items.remove(sys.argv[2])
    else:
        print("not on the list", file=sys.stderr)
        sys.exit(1)
    with open(FILE, "w") as f:
        json.dump(items, f)
