import json
import os
import sys

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FILE = "meals.json"

meals = {}
if os.path.exists(FILE):
    with open(FILE, encoding="utf-8") as f:
        meals = json.load(f)
args = sys.argv[1:]
if args == ["show"]:
    for day in DAYS:
        print(f"{day}: {meals.get(day, '-')}")
    sys.exit()
if len(args) >= 3 and args[0] == "set" and args[1] in DAYS:
    meals[args[1]] = " ".join(args[2:])
elif len(args) == 2 and args[0] == "clear" and args[1] in DAYS:
    meals.pop(args[1], None)
else:
    sys.exit("usage: main.py set DAY MEAL | clear DAY | show")
with open(FILE, "w", encoding="utf-8") as f:
    json.dump(meals, f)
