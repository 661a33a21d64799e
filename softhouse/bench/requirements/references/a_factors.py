import sys

n = int(sys.argv[1])
out = []
p = 2
while p * p <= n:
    while n % p == 0:
        out.append(str(p))
        n //= p
    p += 1
if n > 1:
    out.append(str(n))
print(" x ".join(out))
