import re
import sys


def translate(word: str) -> str:
    start, rest = re.fullmatch("([^aeiou]*)(.*)", word).groups()
    return f"{rest}{start}ay" if start else f"{rest}way"


def main() -> None:
    print(*(translate(word) for word in sys.argv[1:]))


if __name__ == "__main__":
    main()
