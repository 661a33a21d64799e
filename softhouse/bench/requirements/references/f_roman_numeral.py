import sys

try:
    n = int(sys.argv[1])
    if not 1 <= n <= 3999:
        raise ValueError
except (ValueError, IndexError):
    print("a whole number from 1 to 3999, please", file=sys.stderr)
    sys.exit(1)
out = ""
for value, letters in [
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
]:
    while n >= value:
        out += letters
        n -= value
print(out)
