import sys

try:
    n = int(sys.argv[1])
    if n < 2:
        raise ValueError
except ValueError:
    print("need a whole number of at least 2", file=sys.stderr)
    sys.exit(1)
factors = []
d = 2
while d * d <= n:
    while n % d == 0:
        factors.append(d)
        n //= d
    d += 1
if n > 1:
    factors.append(n)
print(" x ".join(map(str, factors)))
