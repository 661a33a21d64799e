import sys

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    text, source, target = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    try:
        number = int(text, source)
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    digits = ""
    while number:
        number, digit = divmod(number, target)
        digits = DIGITS[digit] + digits
    print(digits or "0")


main()
