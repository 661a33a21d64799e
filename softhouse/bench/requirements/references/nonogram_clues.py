import sys


def clue(cells):
    groups = [str(len(g)) for g in "".join(cells).split(".") if g]
    return " ".join(groups) or "0"


with open(sys.argv[1]) as f:
    rows = [line.strip() for line in f if line.strip()]
for row in rows:
    print(clue(row))
print()
for column in zip(*rows):
    print(clue(column))
