import json
import os
import sys

FILE = "bank.json"
balance = 0
if os.path.exists(FILE):
    with open(FILE) as f:
        balance = json.load(f)["balance"]
command = sys.argv[1]
if command == "deposit":
    balance += int(sys.argv[2])
elif command == "withdraw":
    amount = int(sys.argv[2])
    if amount > balance:
        print("not enough money", file=sys.stderr)
        sys.exit(1)
    balance -= amount
with open(FILE, "w") as f:
    json.dump({"balance": balance}, f)
print(balance)
