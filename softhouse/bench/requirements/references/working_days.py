import re
import sys
from datetime import date
from pathlib import Path


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def read(text: str) -> date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        fail(f"not a date: {text}")


def main() -> None:
    arguments = sys.argv[1:]
    if len(arguments) not in (2, 3):
        fail("usage: main.py FROM TO [HOLIDAYS]")
    first, last = read(arguments[0]), read(arguments[1])
    if last < first:
        fail("the second date is earlier than the first")
    holidays = set()
    if len(arguments) == 3:
        path = Path(arguments[2])
        if not path.is_file():
            fail(f"no such file: {path}")
        holidays = {read(line) for line in path.read_text(encoding="utf-8").split()}
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    print(sum(day.weekday() < 5 and day not in holidays for day in days))


main()
