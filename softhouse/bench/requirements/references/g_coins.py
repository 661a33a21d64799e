import sys

try:
    amount = int(sys.argv[1])
except ValueError:
    sys.exit(1)
if amount <= 0:
    sys.exit(1)
for coin in (200, 100, 50, 20, 10, 5, 2, 1):
    n, amount = divmod(amount, coin)
    if n:
        print(f"{n} x {coin}")
