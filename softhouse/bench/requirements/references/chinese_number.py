import sys

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
UNITS = {"十": 10, "百": 100, "千": 1000}


def parse(text: str) -> int:
    total = 0
    digit: int | None = None
    for char in text:
        if char in UNITS:
            total += (digit or 1) * UNITS[char]
            digit = None
        else:
            digit = DIGITS[char]
    return total + (digit or 0)


def main() -> None:
    try:
        print(parse(sys.argv[1]))
    except KeyError as error:
        print(f"不是中文数字：{error.args[0]}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
