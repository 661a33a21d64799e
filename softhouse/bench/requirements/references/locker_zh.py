import json
import os
import sys

FILE = "locker.json"

cells = [None, None, None]
if os.path.exists(FILE):
    with open(FILE, encoding="utf-8") as f:
        cells = json.load(f)
args = sys.argv[1:]
if args == ["list"]:
    for number, phone in enumerate(cells, 1):
        print(number, phone or "空")
    sys.exit()
if len(args) != 2 or args[0] not in ("put", "get"):
    sys.exit("用法：main.py put 手机号 | get 手机号 | list")
phone = args[1]
if args[0] == "put":
    if None not in cells:
        sys.exit("柜子满了")
    place = cells.index(None)
    cells[place] = phone
    print(place + 1)
else:
    if phone not in cells:
        sys.exit("没有快递")
    for place, owner in enumerate(cells):
        if owner == phone:
            cells[place] = None
            print(place + 1)
with open(FILE, "w", encoding="utf-8") as f:
    json.dump(cells, f)
