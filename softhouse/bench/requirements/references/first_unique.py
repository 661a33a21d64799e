import sys


def main() -> None:
    word = sys.argv[1]
    print(next((character for character in word if word.count(character) == 1), "none"))


if __name__ == "__main__":
    main()
