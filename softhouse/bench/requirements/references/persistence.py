import math
import sys


def main() -> None:
    numbers = [int(sys.argv[1])]
    while numbers[-1] > 9:
        numbers.append(math.prod(int(digit) for digit in str(numbers[-1])))
    print(" -> ".join(map(str, numbers)))


if __name__ == "__main__":
    main()
