import sys
try:
    n = int(sys.argv[1])
except ValueError:
    sys.exit(1)
if not 1 <= n <= 3999:
    sys.exit(1)
s = ""
for v, r in [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]:
    while n >= v:
        s += r
        n -= v
print(s)
