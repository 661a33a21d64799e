import sys
b = "".join(sys.stdin.read().split())
L = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]
for p in "XO":
    if any(all(b[i] == p for i in l) for l in L):
        print(p, "wins")
        break
else:
    print("playing" if "." in b else "draw")
