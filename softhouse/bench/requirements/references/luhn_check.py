import re
import sys


def is_valid(line: str) -> bool:
    number = line.replace(" ", "")
    if not re.fullmatch("[0-9]+", number):
        return False
    total = 0
    for index, char in enumerate(reversed(number)):
        digit = int(char) * (index % 2 + 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def main() -> None:
    for line in sys.stdin:
        print("valid" if is_valid(line.rstrip("\n")) else "invalid")


if __name__ == "__main__":
    main()
