import sys

amount = int(sys.argv[1])
for coin in (50, 20, 10, 5, 2, 1):
    if amount >= coin:
        print(f"{coin} x {amount // coin}")
        amount %= coin
