import sys


def main() -> None:
    width = int(sys.argv[1])
    line = ""
    for word in sys.stdin.read().split():
        if line and len(line) + 1 + len(word) > width:
            print(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        print(line)


main()
