import sys

DIRECTIONS = "NESW"
MOVES = {"N": (0, 1), "E": (1, 0), "S": (0, -1), "W": (-1, 0)}


def main() -> None:
    x, y, facing = 0, 0, 0
    for command in sys.argv[1]:
        if command == "F":
            dx, dy = MOVES[DIRECTIONS[facing]]
            x, y = x + dx, y + dy
        elif command in "LR":
            facing = (facing + (1 if command == "R" else -1)) % 4
        else:
            print(f"unknown command {command}", file=sys.stderr)
            sys.exit(1)
    print(x, y, DIRECTIONS[facing])


main()
