import sys


def main() -> None:
    for number in range(1, int(sys.argv[1]) + 1):
        print(str(number) * number)


if __name__ == "__main__":
    main()
