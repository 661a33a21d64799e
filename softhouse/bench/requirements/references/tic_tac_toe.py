import sys

LINES = [
    (0, 1, 2),
    (3, 4, 5),
    (6, 7, 8),
    (0, 3, 6),
    (1, 4, 7),
    (2, 5, 8),
    (0, 4, 8),
    (2, 4, 6),
]


def main() -> None:
    board = "".join(sys.stdin.read().split())
    for player in "XO":
        if any(all(board[place] == player for place in line) for line in LINES):
            print(f"{player} 胜")
            return
    print("未结束" if "." in board else "平局")


main()
