import re
import sys


def main() -> None:
    text = sys.argv[1]
    if not re.fullmatch(r"([r-][w-][x-]){3}", text):
        sys.exit(1)
    bits = "".join("0" if letter == "-" else "1" for letter in text)
    print("".join(str(int(bits[start : start + 3], 2)) for start in (0, 3, 6)))


if __name__ == "__main__":
    main()
