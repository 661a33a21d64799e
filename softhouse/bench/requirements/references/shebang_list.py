import sys
from pathlib import Path


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("error: no such directory")
    for path in sorted(Path(sys.argv[1]).iterdir(), key=lambda p: p.name):
        if not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        if lines[0].startswith("#!"):
            print(f"{path.name}: {lines[0][2:].strip()}")


main()
