import re
import sys


def main() -> None:
    if len(sys.argv) != 2 or not re.fullmatch("#([0-9A-Fa-f]{3}){1,2}", sys.argv[1]):
        sys.exit(1)
    digits = sys.argv[1][1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    print(*(int(digits[i : i + 2], 16) for i in (0, 2, 4)))


if __name__ == "__main__":
    main()
