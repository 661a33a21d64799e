import string
import sys


def main() -> None:
    sentence = sys.argv[1].lower()
    missing = "".join(letter for letter in string.ascii_lowercase if letter not in sentence)
    if missing:
        print(missing)
        sys.exit(1)
    print("pangram")


if __name__ == "__main__":
    main()
