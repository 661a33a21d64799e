import sys

jumps = {}
with open("jumps.txt") as f:
    for line in f:
        if line.strip():
            start, end = map(int, line.split())
            jumps[start] = end
field = 0
for throw in map(int, sys.argv[1:]):
    if field + throw <= 30:
        field += throw
        field = jumps.get(field, field)
    print(field)
    if field == 30:
        print("finished")
        break
