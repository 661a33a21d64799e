import sys

GROUPS = {"AEIOULNRST": 1, "DG": 2, "BCMP": 3, "FHVWY": 4, "K": 5, "JX": 8, "QZ": 10}


def main() -> None:
    points = {letter: value for letters, value in GROUPS.items() for letter in letters}
    word = sys.argv[1].upper()
    if any(letter not in points for letter in word):
        sys.exit(1)
    print(sum(points[letter] for letter in word))


if __name__ == "__main__":
    main()
