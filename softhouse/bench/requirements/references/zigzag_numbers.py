import sys

try:
    rows, columns = (int(a) for a in sys.argv[1:])
except ValueError:
    rows = columns = 0
if rows < 1 or columns < 1:
    print("usage: main.py ROWS COLUMNS", file=sys.stderr)
    sys.exit(1)
for row in range(rows):
    numbers = list(range(row * columns + 1, (row + 1) * columns + 1))
    if row % 2:
        numbers.reverse()
    print(*numbers)
