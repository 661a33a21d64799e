import re
import sys


def main() -> None:
    number = sys.argv[1]
    if not re.fullmatch("[0-9]{11}", number):
        print(f"不是 11 位数字: {number}", file=sys.stderr)
        sys.exit(1)
    print(f"{number[:3]}****{number[7:]}")


main()
