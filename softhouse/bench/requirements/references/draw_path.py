import sys

STEPS = {"U": (-1, 0), "D": (1, 0), "L": (0, -1), "R": (0, 1)}


def main():
    if len(sys.argv) != 3 or not sys.argv[1].isdigit() or not set(sys.argv[2]) <= set(STEPS):
        sys.exit("usage: main.py N MOVES")
    size = int(sys.argv[1])
    row = column = 0
    visited = {(0, 0)}
    for move in sys.argv[2]:
        row += STEPS[move][0]
        column += STEPS[move][1]
        if not (0 <= row < size and 0 <= column < size):
            print("outside")
            sys.exit(1)
        visited.add((row, column))
    for r in range(size):
        print("".join("#" if (r, c) in visited else "." for c in range(size)))


main()
