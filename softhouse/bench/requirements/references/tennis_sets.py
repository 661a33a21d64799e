import sys


def main() -> None:
    first = second = 0
    for score in sys.argv[1].split():
        a, b = map(int, score.split("-"))
        if a == b:
            sys.exit(1)
        if a > b:
            first += 1
        else:
            second += 1
    print(f"{first}-{second}")


if __name__ == "__main__":
    main()
