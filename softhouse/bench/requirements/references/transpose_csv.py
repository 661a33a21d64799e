import sys


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [line.split(",") for line in file.read().splitlines()]
    for column in zip(*rows, strict=True):
        print(",".join(column))


if __name__ == "__main__":
    main()
