import sys
from pathlib import Path


def main() -> None:
    directory, prefix = Path(sys.argv[1]), sys.argv[2]
    if not directory.is_dir():
        print(f"no directory {directory}", file=sys.stderr)
        sys.exit(1)
    old = sorted((path for path in directory.iterdir() if path.is_file()), key=lambda path: path.name)
    for number, path in enumerate(old, 1):
        new = path.with_name(f"{prefix}{number}{path.suffix}")
        path.rename(new)
        print(f"{path.name} -> {new.name}")


main()
