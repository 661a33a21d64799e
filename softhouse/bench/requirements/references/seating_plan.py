import sys
from pathlib import Path


def main() -> None:
    width = int(sys.argv[1])
    names = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
    for start in range(0, len(names), width):
        row = names[start : start + width]
        row += ["-"] * (width - len(row))
        print(" | ".join(row))


if __name__ == "__main__":
    main()
