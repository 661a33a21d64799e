import sys
from pathlib import Path


def kind(path: Path) -> str:
    if path.is_dir():
        return "folder"
    return "file" if path.exists() else "missing"


def main() -> None:
    for argument in sys.argv[1:]:
        print(f"{argument}: {kind(Path(argument))}")


if __name__ == "__main__":
    main()
