import re
import sys


def to_regex(pattern: str) -> re.Pattern[str]:
    special = {"*": ".*", "?": "."}
    return re.compile("".join(special.get(char, re.escape(char)) for char in pattern), re.DOTALL)


def main() -> None:
    regex = to_regex(sys.argv[1])
    lines = [line.rstrip("\n") for line in sys.stdin]
    matches = [line for line in lines if regex.fullmatch(line)]
    for line in matches:
        print(line)
    if not matches:
        sys.exit(1)


if __name__ == "__main__":
    main()
