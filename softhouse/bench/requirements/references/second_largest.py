import sys


def main() -> None:
    numbers = sorted({int(argument) for argument in sys.argv[1:]})
    if len(numbers) < 2:
        sys.exit(1)
    print(numbers[-2])


if __name__ == "__main__":
    main()
