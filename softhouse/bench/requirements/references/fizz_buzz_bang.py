import sys

WORDS = {3: "Fizz", 5: "Buzz", 7: "Bang"}


def main() -> None:
    start, end = int(sys.argv[1]), int(sys.argv[2])
    for number in range(start, end + 1):
        print("".join(word for divisor, word in WORDS.items() if number % divisor == 0) or number)


if __name__ == "__main__":
    main()
