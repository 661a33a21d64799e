import sys
from pathlib import Path


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    rows = [[int(number) for number in line.split()] for line in lines if line.strip()]
    print(*(max(column) for column in zip(*rows, strict=True)))


if __name__ == "__main__":
    main()
