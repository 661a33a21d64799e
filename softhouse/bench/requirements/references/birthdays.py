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


def birthday(born: date, year: int) -> date:
    """Of someone born on 29 February, 1 March in other years."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def main() -> None:
    if len(sys.argv) != 3:
        fail("usage: main.py FILE DATE")
    path, today = Path(sys.argv[1]), read(sys.argv[2])
    if not path.is_file():
        fail(f"no such file: {path}")
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        name, _, text = line.rpartition(",")
        born = read(text.strip())
        if born > today:
            year = born.year
        else:
            year = today.year + (birthday(born, today.year) < today)
        days = (birthday(born, year) - today).days
        found.append((days, name.strip(), year - born.year))
    for days, name, age in sorted(found):
        print(f"{name}: {days} days, turns {age}")


main()
