import sys
from pathlib import Path


def main() -> None:
    size = int(sys.argv[2])
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        wide = "".join(character * size for character in line)
        for _ in range(size):
            print(wide)


if __name__ == "__main__":
    main()
