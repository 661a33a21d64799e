import sys


def main() -> None:
    table = str.maketrans(sys.argv[1], sys.argv[2])
    sys.stdout.write(sys.stdin.read().translate(table))


if __name__ == "__main__":
    main()
