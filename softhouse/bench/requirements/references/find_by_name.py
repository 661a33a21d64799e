import sys
from pathlib import Path


def main() -> None:
    folder, word = Path(sys.argv[1]), sys.argv[2].lower()
    names = sorted(path.name for path in folder.rglob("*") if path.is_file() and word in path.name.lower())
    if not names:
        sys.exit(1)
    for name in names:
        print(name)


if __name__ == "__main__":
    main()
