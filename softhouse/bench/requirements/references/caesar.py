import re
import string
import sys


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    arguments = sys.argv[1:]
    if len(arguments) not in (1, 2) or arguments[1:] not in ([], ["-d"]):
        fail("usage: main.py SHIFT [-d] < TEXT")
    if not re.fullmatch(r"[+-]?[0-9]+", arguments[0]):
        fail(f"not a number: {arguments[0]}")
    shift = int(arguments[0]) % 26
    if arguments[1:]:
        shift = -shift % 26
    lower, upper = string.ascii_lowercase, string.ascii_uppercase
    table = str.maketrans(lower + upper, lower[shift:] + lower[:shift] + upper[shift:] + upper[:shift])
    sys.stdout.write(sys.stdin.read().translate(table))


main()
