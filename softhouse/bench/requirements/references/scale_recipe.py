import re
import sys


def main():
    if len(sys.argv) != 2 or not re.fullmatch("[0-9]+", sys.argv[1]) or int(sys.argv[1]) < 1:
        sys.exit("usage: main.py FACTOR")
    factor = int(sys.argv[1])
    for line in sys.stdin.read().splitlines():
        print(re.sub("^[0-9]+", lambda m: str(int(m.group()) * factor), line))


main()
