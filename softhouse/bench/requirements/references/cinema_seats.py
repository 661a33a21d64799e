import sys
from pathlib import Path


def main() -> None:
    total = 0
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    for number, row in enumerate(rows, start=1):
        free = row.count(".")
        total += free
        print(f"第{number}排: {free}")
    print(f"合计: {total}")


if __name__ == "__main__":
    main()
