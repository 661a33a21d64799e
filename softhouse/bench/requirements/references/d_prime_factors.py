import sys

try:
    n = int(sys.argv[1])
except (IndexError, ValueError):
    n = 0
if n < 2:
    print("need a whole number of 2 or more", file=sys.stderr)
    sys.exit(1)
found = []
p = 2
while p * p <= n:
    while n % p == 0:
        found.append(p)
        n //= p
    p += 1
if n > 1:
    found.append(n)
print(" x ".join(map(str, found)))
