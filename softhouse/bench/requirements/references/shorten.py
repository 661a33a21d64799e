import sys


def main() -> None:
    length, text = int(sys.argv[1]), sys.argv[2]
    if length < 4:
        sys.exit(1)
    print(text if len(text) <= length else text[: length - 3] + "...")


if __name__ == "__main__":
    main()
