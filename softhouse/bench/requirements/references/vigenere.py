import sys
from itertools import cycle
from string import ascii_uppercase


def main() -> None:
    command, key, text = sys.argv[1:4]
    sign = 1 if command == "encrypt" else -1
    shifts = cycle(ascii_uppercase.index(letter) for letter in key)
    result = ""
    for character in text:
        if character in ascii_uppercase:
            position = ascii_uppercase.index(character) + sign * next(shifts)
            result += ascii_uppercase[position % 26]
        else:
            result += character
    print(result)


if __name__ == "__main__":
    main()
