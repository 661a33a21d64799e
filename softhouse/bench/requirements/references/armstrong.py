import sys


def is_armstrong(number: int) -> bool:
    digits = str(number)
    return sum(int(digit) ** len(digits) for digit in digits) == number


def main() -> None:
    first, last = int(sys.argv[1]), int(sys.argv[2])
    found = [number for number in range(first, last + 1) if is_armstrong(number)]
    for number in found:
        print(number)
    if not found:
        print("无")


if __name__ == "__main__":
    main()
