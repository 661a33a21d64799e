import sys
from pathlib import Path


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    arguments = sys.argv[1:]
    if len(arguments) not in (1, 2):
        fail("usage: main.py FILE [TURNS]")
    turns = arguments[1] if len(arguments) == 2 else "1"
    if not (turns.isascii() and turns.isdigit()):
        fail(f"not a number of turns: {turns}")
    path = Path(arguments[0])
    if not path.is_file():
        fail(f"no such file: {path}")
    rows = path.read_text(encoding="utf-8").splitlines()
    width = max((len(row) for row in rows), default=0)
    rows = [row.ljust(width) for row in rows]
    for _ in range(int(turns) % 4):
        rows = ["".join(column) for column in zip(*reversed(rows))]
    for row in rows:
        print(row)


main()
