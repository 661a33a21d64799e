import math
import sys


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    if len(sys.argv) < 3:
        fail("用法: main.py 整数 整数...")
    numbers = []
    for text in sys.argv[1:]:
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            fail(f"不是正整数: {text}")
        numbers.append(int(text))
    print(math.gcd(*numbers))
    print(math.lcm(*numbers))


main()
