import sys


def proper_divisor_sum(number: int) -> int:
    return sum(divisor for divisor in range(1, number // 2 + 1) if number % divisor == 0)


def main() -> None:
    try:
        number = int(sys.argv[1])
    except ValueError:
        number = 0
    if number < 1:
        print(f"not a positive integer: {sys.argv[1]}", file=sys.stderr)
        sys.exit(1)
    total = proper_divisor_sum(number)
    print("perfect" if total == number else "abundant" if total > number else "deficient")


main()
