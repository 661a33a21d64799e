import sys

prices = sorted((int(p) for p in sys.argv[1:]), reverse=True)
saved = sum(prices[2::3])
print(sum(prices) - saved)
print(saved)
