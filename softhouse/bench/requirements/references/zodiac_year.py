import re
import sys

ANIMALS = "鼠牛虎兔龙蛇马羊猴鸡狗猪"


def main() -> None:
    arguments = sys.argv[1:]
    if not all(re.fullmatch("[0-9]+", argument) and int(argument) > 0 for argument in arguments):
        print("年份必须是正整数", file=sys.stderr)
        sys.exit(1)
    for year in map(int, arguments):
        print(year, ANIMALS[(year - 2020) % 12])


if __name__ == "__main__":
    main()
