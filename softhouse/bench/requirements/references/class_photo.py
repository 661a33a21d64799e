import sys

size = int(sys.argv[1])
pupils = []
for line in sys.stdin:
    if line.strip():
        name, height = line.rsplit(None, 1)
        pupils.append((int(height), name))
pupils.sort()
rows = [pupils[i : i + size] for i in range(0, len(pupils), size)]
for row in reversed(rows):
    print(" ".join(name for _, name in row))
