import sys


def main() -> None:
    number = int(sys.argv[1])
    factors = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            factors.append(divisor)
            number //= divisor
        divisor += 1
    if number > 1:
        factors.append(number)
    print(" x ".join(str(factor) for factor in factors))


main()
