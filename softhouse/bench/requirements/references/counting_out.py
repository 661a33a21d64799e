import sys

n, k = int(sys.argv[1]), int(sys.argv[2])
circle = list(range(1, n + 1))
order = []
i = 0
while circle:
    i = (i + k - 1) % len(circle)
    order.append(circle.pop(i))
print(*order)
