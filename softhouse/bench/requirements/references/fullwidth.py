import string
import sys

OFFSET = 0xFEE0
TABLE = {ord(char) + OFFSET: char for char in string.ascii_letters + string.digits} | {0x3000: " "}


def main() -> None:
    sys.stdout.write(sys.stdin.read().translate(TABLE))


if __name__ == "__main__":
    main()
