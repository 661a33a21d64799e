import sys


def main() -> None:
    numbers = [int(line) for line in sys.stdin if line.strip()]
    print(f"even: {sum(n for n in numbers if n % 2 == 0)}")
    print(f"odd: {sum(n for n in numbers if n % 2)}")


if __name__ == "__main__":
    main()
