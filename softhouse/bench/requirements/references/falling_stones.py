import sys


def drop(column: str) -> str:
    parts = column.split("#")
    return "#".join("." * part.count(".") + "o" * part.count("o") for part in parts)


def main() -> None:
    rows = sys.stdin.read().split()
    columns = [drop("".join(column)) for column in zip(*rows, strict=True)]
    for row in zip(*columns, strict=True):
        print("".join(row))


if __name__ == "__main__":
    main()
