import sys

CODES = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."
).split()


def main() -> None:
    print(" ".join(CODES[ord(letter) - ord("a")] for letter in sys.argv[1].lower()))


main()
