import sys
from pathlib import Path


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if line != line[::-1]:
            print(number)
            return
    print("symmetric")


if __name__ == "__main__":
    main()
