import sys
from pathlib import Path


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    arguments = sys.argv[1:]
    if len(arguments) not in (1, 2):
        fail("usage: main.py FILE [N]")
    count = arguments[1] if len(arguments) == 2 else "10"
    if not (count.isascii() and count.isdigit()):
        fail(f"not a number of lines: {count}")
    path = Path(arguments[0])
    if not path.is_file():
        fail(f"no such file: {path}")
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    if lines[-1] == "":
        lines.pop()
    for line in lines[max(len(lines) - int(count), 0) :]:
        print(line)


main()
