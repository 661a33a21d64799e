import sys

numbers = []
current, following = 0, 1
for _ in range(int(sys.argv[1])):
    numbers.append(current)
    current, following = following, current + following
print(*numbers)
