import sys

SMALL = {"a", "an", "and", "in", "of", "the"}


def main() -> None:
    words = " ".join(sys.argv[1:]).split()
    if not words:
        print("usage: main.py WORD...", file=sys.stderr)
        sys.exit(1)
    titled = []
    for word in words:
        low = word.lower()
        titled.append(low if titled and low in SMALL else low[:1].upper() + low[1:])
    print(" ".join(titled))


main()
