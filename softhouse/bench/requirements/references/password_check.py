import sys


def main() -> None:
    password = sys.argv[1]
    strong = (
        len(password) >= 8
        and any(character.isdigit() for character in password)
        and any(character.islower() for character in password)
        and any(character.isupper() for character in password)
    )
    print("strong" if strong else "weak")
    sys.exit(0 if strong else 1)


main()
