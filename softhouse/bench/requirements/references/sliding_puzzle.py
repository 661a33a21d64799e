import sys

board = [list(line.strip()) for line in sys.stdin if line.strip()]


def find(tile):
    for y, row in enumerate(board):
        for x, cell in enumerate(row):
            if cell == tile:
                return y, x
    sys.exit(1)


for tile in sys.argv[1:]:
    y, x = find(tile)
    gy, gx = find("0")
    if abs(y - gy) + abs(x - gx) != 1:
        sys.exit(1)
    board[gy][gx], board[y][x] = tile, "0"
for row in board:
    print("".join(row))
