import sys
from pathlib import Path


def show(directory: Path, indentation: str) -> None:
    for path in sorted(directory.iterdir(), key=lambda path: path.name):
        if path.is_dir():
            print(f"{indentation}{path.name}/")
            show(path, indentation + "  ")
        else:
            print(f"{indentation}{path.name}")


show(Path(sys.argv[1]), "")
