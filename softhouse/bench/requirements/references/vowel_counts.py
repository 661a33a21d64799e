import sys


def main() -> None:
    sentence = sys.argv[1].lower()
    for vowel in "aeiou":
        print(f"{vowel}: {sentence.count(vowel)}")


if __name__ == "__main__":
    main()
