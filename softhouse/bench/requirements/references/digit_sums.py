import sys


def main() -> None:
    number = int(sys.argv[1])
    print(number)
    while number > 9:
        number = sum(int(digit) for digit in str(number))
        print(number)


main()
