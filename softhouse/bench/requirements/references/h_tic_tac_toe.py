import sys

b = sys.stdin.read().splitlines()[:3]
lines = list(b)
lines += ["".join(row[c] for row in b) for c in range(3)]
lines += [b[0][0] + b[1][1] + b[2][2], b[0][2] + b[1][1] + b[2][0]]
if "XXX" in lines:
    print("X wins")
elif "OOO" in lines:
    print("O wins")
elif any("." in row for row in b):
    print("unfinished")
else:
    print("draw")
