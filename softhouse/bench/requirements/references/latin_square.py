import sys
from pathlib import Path


def main() -> None:
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    rows = [[int(word) for word in line.split()] for line in text.splitlines() if line.strip()]
    wanted = list(range(1, len(rows) + 1))
    lines = rows + [list(column) for column in zip(*rows)]
    print("yes" if all(sorted(line) == wanted for line in lines) else "no")


if __name__ == "__main__":
    main()
