import sys


def main() -> None:
    numbers: list[int] = []
    for line in sys.stdin.read().splitlines():
        text = line.lstrip(" ")
        level = (len(line) - len(text)) // 2
        numbers = [*numbers[: level + 1], *[0] * (level + 1 - len(numbers))]
        numbers[level] += 1
        print(".".join(map(str, numbers)), text)


main()
