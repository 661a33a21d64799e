import sys

V = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
]


def roman(n):
    s = ""
    for v, t in V:
        while n >= v:
            s += t
            n -= v
    return s


table = {roman(n): n for n in range(1, 4000)}
a = sys.argv[1]
if a in table:
    print(table[a])
elif a.isdigit() and 1 <= int(a) <= 3999:
    print(roman(int(a)))
else:
    sys.exit(1)
