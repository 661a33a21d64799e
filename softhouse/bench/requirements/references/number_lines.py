import sys
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    if not path.is_file():
        print(f"no such file: {path}", file=sys.stderr)
        sys.exit(1)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        print(f"{number}: {line}")


main()
