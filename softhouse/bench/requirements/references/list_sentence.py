import sys


def main() -> None:
    *others, last = sys.argv[1:]
    print(f"{', '.join(others)} and {last}" if others else last)


if __name__ == "__main__":
    main()
