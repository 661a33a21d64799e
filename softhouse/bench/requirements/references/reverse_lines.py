import sys
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    if not path.exists():
        sys.exit(1)
    for line in reversed(path.read_text(encoding="utf-8").splitlines()):
        print(line)


if __name__ == "__main__":
    main()
