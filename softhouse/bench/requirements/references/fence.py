import sys

rows = sys.stdin.read().split()
lawn = {(y, x) for y, row in enumerate(rows) for x, c in enumerate(row) if c == "#"}
metres = 0
for y, x in lawn:
    for side in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
        if side not in lawn:
            metres += 1
print(metres)
