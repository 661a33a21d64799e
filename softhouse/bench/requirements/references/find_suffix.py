import sys
from pathlib import Path


def main() -> None:
    folder, suffix = Path(sys.argv[1]), sys.argv[2]
    found = [path for path in folder.rglob("*") if path.is_file() and path.name.endswith(suffix)]
    for name in sorted(path.relative_to(folder).as_posix() for path in found):
        print(name)


if __name__ == "__main__":
    main()
