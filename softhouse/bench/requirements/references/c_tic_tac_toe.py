import sys

b = sys.stdin.read().split()
lines = b + ["".join(c) for c in zip(*b)]
lines += ["".join(b[i][i] for i in range(3)), "".join(b[i][2 - i] for i in range(3))]
if "XXX" in lines:
    print("X wins")
elif "OOO" in lines:
    print("O wins")
elif "." in "".join(b):
    print("not finished")
else:
    print("draw")
