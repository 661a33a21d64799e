import sys
from pathlib import Path


def lines(path: Path) -> list[str]:
    found = path.read_text(encoding="utf-8", errors="replace").split("\n")
    if found[-1] == "":
        found.pop()
    return found


def main() -> None:
    paths = [Path(name) for name in sys.argv[1:]]
    if len(paths) < 2:
        print("用法: main.py 文件 文件...", file=sys.stderr)
        sys.exit(1)
    for path in paths:
        if not path.is_file():
            print(f"没有文件 {path}", file=sys.stderr)
            sys.exit(1)
    others = [set(lines(path)) for path in paths[1:]]
    for line in dict.fromkeys(lines(paths[0])):
        if all(line in other for other in others):
            print(line)


main()
