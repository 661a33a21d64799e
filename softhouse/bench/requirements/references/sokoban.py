import sys

STEPS = {"u": (-1, 0), "d": (1, 0), "l": (0, -1), "r": (0, 1)}

try:
    with open(sys.argv[1], encoding="utf-8") as f:
        level = f.read().splitlines()
    moves = sys.argv[2]
except (IndexError, OSError) as error:
    sys.exit(str(error))
walls, boxes, goals, player = set(), set(), set(), None
for r, line in enumerate(level):
    for c, sign in enumerate(line):
        if sign == "#":
            walls.add((r, c))
        if sign in "$*":
            boxes.add((r, c))
        if sign in ".*+":
            goals.add((r, c))
        if sign in "@+":
            player = (r, c)
if player is None:
    sys.exit("no player")
for move in moves:
    if move not in STEPS:
        sys.exit(f"not a move: {move}")
    dr, dc = STEPS[move]
    target = (player[0] + dr, player[1] + dc)
    if target in walls:
        continue
    if target in boxes:
        behind = (target[0] + dr, target[1] + dc)
        if behind in walls or behind in boxes:
            continue
        boxes.remove(target)
        boxes.add(behind)
    player = target
for r, line in enumerate(level):
    out = ""
    for c in range(len(line)):
        here = (r, c)
        if here in walls:
            out += "#"
        elif here == player:
            out += "+" if here in goals else "@"
        elif here in boxes:
            out += "*" if here in goals else "$"
        else:
            out += "." if here in goals else " "
    print(out)
print("boxes left:", len(boxes - goals))
