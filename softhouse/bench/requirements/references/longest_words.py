import re
import sys


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    arguments = sys.argv[1:]
    if len(arguments) > 1:
        fail("usage: main.py [N] < TEXT")
    count = arguments[0] if arguments else "3"
    if not (count.isascii() and count.isdigit()):
        fail(f"not a number of words: {count}")
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", sys.stdin.read())}
    for word in sorted(words, key=lambda word: (-len(word), word))[: int(count)]:
        print(word)


main()
