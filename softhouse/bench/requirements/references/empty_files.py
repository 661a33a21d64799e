import sys
from pathlib import Path


def main() -> None:
    folder = Path(sys.argv[1])
    if not folder.is_dir():
        print(f"no such directory: {folder}", file=sys.stderr)
        sys.exit(1)
    for name in sorted(path.name for path in folder.iterdir() if path.is_file() and path.stat().st_size == 0):
        print(name)


main()
