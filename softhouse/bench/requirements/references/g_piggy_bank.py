import json
import os
import sys

FILE = "bank.json"
cents = 0
if os.path.exists(FILE):
    with open(FILE) as f:
        cents = json.load(f)["cents"]
command = sys.argv[1]
if command == "show":
    print(f"{cents // 100}.{cents % 100:02d}")
    sys.exit(0)
amount = int(sys.argv[2])
if command == "in":
    cents += amount
elif command == "out":
    if amount > cents:
        print("not enough money", file=sys.stderr)
        sys.exit(1)
    cents -= amount
with open(FILE, "w") as f:
    json.dump({"cents": cents}, f)
