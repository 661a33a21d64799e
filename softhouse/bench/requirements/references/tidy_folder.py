import sys
from pathlib import Path


def main() -> None:
    folder = Path(sys.argv[1])
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix]
    for path in files:
        target = folder / path.suffix[1:].lower()
        target.mkdir(exist_ok=True)
        path.rename(target / path.name)
    print(len(files))


if __name__ == "__main__":
    main()
