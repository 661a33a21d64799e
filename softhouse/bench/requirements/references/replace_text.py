import sys
from pathlib import Path


def main() -> None:
    path, old, new = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    if not path.is_file():
        print(f"no such file: {path}", file=sys.stderr)
        sys.exit(1)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    print(text.count(old))


main()
