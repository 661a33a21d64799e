import sys

b = [line.strip() for line in sys.stdin.read().splitlines()][:3]
lines = b + ["".join(row[c] for row in b) for c in range(3)]
lines.append(b[0][0] + b[1][1] + b[2][2])
lines.append(b[0][2] + b[1][1] + b[2][0])
if "XXX" in lines:
    print("X wins")
elif "OOO" in lines:
    print("O wins")
elif "." in "".join(b):
    print("unfinished")
else:
    print("draw")
