import sys

STEPS = {"U": (-1, 0), "D": (1, 0), "L": (0, -1), "R": (0, 1)}

grid = [list(line) for line in sys.stdin.read().split()]
if (
    len(sys.argv) != 2
    or sorted("".join(map("".join, grid))) != list(".12345678")
    or [len(r) for r in grid] != [3, 3, 3]
):
    sys.exit("usage: main.py MOVES, with a 3x3 grid on standard input")
row, column = next((r, c) for r in range(3) for c in range(3) if grid[r][c] == ".")
for move in sys.argv[1]:
    if move not in STEPS:
        sys.exit(f"not a move: {move}")
    r, c = row + STEPS[move][0], column + STEPS[move][1]
    if not (0 <= r < 3 and 0 <= c < 3):
        sys.exit("off the board")
    grid[row][column], grid[r][c] = grid[r][c], grid[row][column]
    row, column = r, c
lines = ["".join(line) for line in grid]
print("\n".join(lines))
print("solved" if lines == ["123", "456", "78."] else "not solved")
