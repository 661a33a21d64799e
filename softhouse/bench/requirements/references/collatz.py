import sys


def main() -> None:
    try:
        number = int(sys.argv[1])
    except ValueError:
        number = 0
    if number < 1:
        print("a positive integer, please", file=sys.stderr)
        sys.exit(1)
    sequence = [number]
    while number != 1:
        number = 3 * number + 1 if number % 2 else number // 2
        sequence.append(number)
    print(*sequence)


main()
