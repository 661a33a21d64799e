import sys

b = [list(l) for l in sys.stdin.read().split()]
lines = [r for r in b] + [list(c) for c in zip(*b)]
lines += [[b[i][i] for i in range(3)], [b[i][2 - i] for i in range(3)]]
for p in "XO":
    if [p] * 3 in lines:
        print(p, "wins")
        break
else:
    print("unfinished" if any("." in r for r in b) else "draw")
