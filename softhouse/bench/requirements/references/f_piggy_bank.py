import json
import os
import sys

balance = 0
if os.path.exists("bank.json"):
    with open("bank.json") as f:
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
with open("bank.json", "w") as f:
    json.dump({"balance": balance}, f)
print(balance)
