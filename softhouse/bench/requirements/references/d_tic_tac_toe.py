import sys

b = sys.stdin.read().split()
lines = b + ["".join(r[i] for r in b) for i in range(3)]
lines += [b[0][0] + b[1][1] + b[2][2], b[0][2] + b[1][1] + b[2][0]]
for p in "XO":
    if p * 3 in lines:
        print(p, "wins")
        break
else:
    print("unfinished" if "." in "".join(b) else "draw")
