import json
import os
import sys

FILE = "auction.json"


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


bids = {}
if os.path.exists(FILE):
    with open(FILE, encoding="utf-8") as file:
        bids = json.load(file)
args = sys.argv[1:]
if len(args) == 4 and args[0] == "bid":
    item, name = args[1], args[2]
    try:
        amount = int(args[3])
    except ValueError:
        fail("the amount is not a whole number")
    if amount <= 0:
        fail("the amount must be above zero")
    past = bids.setdefault(item, [])
    if past and amount <= past[-1][1]:
        fail("the bid is too low")
    past.append([name, amount])
    with open(FILE, "w", encoding="utf-8") as file:
        json.dump(bids, file)
    print(f"{name} leads with {amount}")
elif len(args) == 2 and args[0] == "winner":
    if args[1] not in bids:
        fail("no bids on this item")
    name, amount = bids[args[1]][-1]
    print(name, amount)
else:
    fail("usage: main.py bid ITEM NAME AMOUNT | winner ITEM")
