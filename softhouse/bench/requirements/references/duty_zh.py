import sys

day = int(sys.argv[1])
if day < 1:
    sys.exit(1)
with open("students.txt", encoding="utf-8") as f:
    names = [line.strip() for line in f if line.strip()]
first = (day - 1) * 2
print(names[first % len(names)], names[(first + 1) % len(names)])
