import sys

BEATS = {"rock": "scissors", "scissors": "paper", "paper": "rock"}


def main() -> None:
    first, second = sys.argv[1:3]
    for move in (first, second):
        if move not in BEATS:
            print(f"neither rock, paper nor scissors: {move}", file=sys.stderr)
            sys.exit(1)
    print("draw" if first == second else "first" if BEATS[first] == second else "second")


main()
