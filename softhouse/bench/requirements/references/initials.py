import sys


def main() -> None:
    print("".join(f"{word[0].upper()}." for word in sys.argv[1].split()))


if __name__ == "__main__":
    main()
