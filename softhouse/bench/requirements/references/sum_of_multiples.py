import sys


def main() -> None:
    limit, *divisors = map(int, sys.argv[1:])
    print(sum(number for number in range(1, limit) if any(number % divisor == 0 for divisor in divisors)))


if __name__ == "__main__":
    main()
