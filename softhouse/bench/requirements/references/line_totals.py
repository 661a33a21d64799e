import sys
from pathlib import Path


def main() -> None:
    names = sys.argv[1:]
    if not names:
        print("usage: main.py FILE...", file=sys.stderr)
        sys.exit(1)
    total, missing = 0, False
    for name in names:
        path = Path(name)
        if not path.is_file():
            print(f"no such file: {name}", file=sys.stderr)
            missing = True
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        count = sum(line != "" for line in text.split("\n"))
        print(f"{name}: {count}")
        total += count
    print(f"total: {total}")
    if missing:
        sys.exit(1)


main()
