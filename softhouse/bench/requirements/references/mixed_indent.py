import sys

found = False
with open(sys.argv[1], encoding="utf-8") as f:
    for n, line in enumerate(f, 1):
        line = line.rstrip("\n")
        lead = line[: len(line) - len(line.lstrip())]
        if "\t" in lead and " " in lead:
            print(n)
            found = True
if not found:
    print("clean")
