import sys


def main() -> None:
    first, second = sys.argv[1].lower(), sys.argv[2].lower()
    common = set(first) & set(second)
    print("".join(sorted(common)) or "-")


if __name__ == "__main__":
    main()
