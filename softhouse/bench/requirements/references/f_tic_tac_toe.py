import sys

rows = sys.stdin.read().split()
lines = rows + ["".join(c) for c in zip(*rows)]
lines.append("".join(rows[i][i] for i in range(3)))
lines.append("".join(rows[i][2 - i] for i in range(3)))
if "XXX" in lines:
    print("X")
elif "OOO" in lines:
    print("O")
elif "." not in "".join(rows):
    print("draw")
else:
    print("unfinished")
