import re
import sys


def main() -> None:
    for line in sys.stdin:
        match = re.fullmatch(r"(.+?)\s*<([^<>]+)>", line.strip())
        if match:
            print(f"{match[2]},{match[1]}")


if __name__ == "__main__":
    main()
