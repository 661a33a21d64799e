import re
import sys


def convert(text: str) -> str:
    found = re.fullmatch("(0?[1-9]|1[0-2]):([0-5][0-9]) ([AP]M)", text)
    if not found:
        return "invalid"
    hour = int(found[1]) % 12 + (12 if found[3] == "PM" else 0)
    return f"{hour:02}:{found[2]}"


def main() -> None:
    for line in sys.stdin:
        print(convert(line.strip()))


if __name__ == "__main__":
    main()
