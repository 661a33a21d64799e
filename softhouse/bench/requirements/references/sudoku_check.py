import sys
from pathlib import Path


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def valid(rows: list[str]) -> bool:
    seen = set()
    for y, row in enumerate(rows):
        for x, digit in enumerate(row):
            if digit == ".":
                continue
            for place in (("row", y), ("column", x), ("box", y // 3, x // 3)):
                if (place, digit) in seen:
                    return False
                seen.add((place, digit))
    return True


def main() -> None:
    if len(sys.argv) != 2:
        fail("usage: main.py FILE")
    path = Path(sys.argv[1])
    if not path.is_file():
        fail(f"no such file: {path}")
    rows = path.read_text(encoding="utf-8").split()
    if len(rows) != 9 or any(len(row) != 9 or set(row) - set("123456789.") for row in rows):
        fail(f"not a Sudoku grid: {path}")
    if not valid(rows):
        print("invalid")
        sys.exit(1)
    print("valid")


main()
