import sys


def main() -> None:
    numbers = [int(line) for line in sys.stdin if line.strip()]
    for number in sorted(numbers, reverse=True)[:3]:
        print(number)


main()
