import sys
from pathlib import Path


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    for line in sorted(lines, key=len):
        print(line)


if __name__ == "__main__":
    main()
