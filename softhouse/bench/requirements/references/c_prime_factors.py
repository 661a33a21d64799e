import sys

try:
    n = int(sys.argv[1])
except (IndexError, ValueError):
    sys.exit("not a whole number")
if n < 2:
    sys.exit("must be at least 2")
out, d = [], 2
while d * d <= n:
    while n % d == 0:
        out.append(d)
        n //= d
    d += 1
if n > 1:
    out.append(n)
print(" x ".join(map(str, out)))
