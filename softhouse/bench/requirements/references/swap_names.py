import sys


def main() -> None:
    for line in sys.stdin:
        if "," in line:
            last, first = line.strip().split(", ", 1)
            print(f"{first} {last}")


if __name__ == "__main__":
    main()
