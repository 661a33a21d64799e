import sys


def lines(name):
    try:
        with open(name, encoding="utf-8") as f:
            return f.read().splitlines()
    except FileNotFoundError:
        print("no such file:", name, file=sys.stderr)
        sys.exit(1)


first, second = lines(sys.argv[1]), set(lines(sys.argv[2]))
for line in dict.fromkeys(first):
    if line in second:
        print(line)
