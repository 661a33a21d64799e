import json
import os
import sys

left, player = 21, "A"
if os.path.exists("sticks.json"):
    with open("sticks.json") as f:
        left, player = json.load(f)
if len(sys.argv) != 2 or sys.argv[1] not in ("1", "2", "3"):
    sys.exit(1)
n = int(sys.argv[1])
if n > left:
    sys.exit(1)
left -= n
player = "B" if player == "A" else "A"
if left == 0:
    print(player)
    left, player = 21, "A"
else:
    print(left)
with open("sticks.json", "w") as f:
    json.dump([left, player], f)
