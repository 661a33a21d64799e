import sys
from pathlib import Path


def main() -> None:
    path, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        print(line[first - 1 : last])


if __name__ == "__main__":
    main()
