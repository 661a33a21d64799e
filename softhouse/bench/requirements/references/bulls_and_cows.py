import sys


def main() -> None:
    secret, guess = sys.argv[1], sys.argv[2]
    bulls = sum(right == digit for right, digit in zip(secret, guess))
    common = sum(digit in secret for digit in guess)
    print(f"{bulls} bulls, {common - bulls} cows")


main()
