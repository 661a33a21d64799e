import sys

with open(sys.argv[1], encoding="utf-8") as f:
    for n, line in enumerate(f, 1):
        print(f"{n}: " + line.rstrip("\n"))
