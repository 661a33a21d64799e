import re
import sys


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    if len(sys.argv) != 2:
        fail("usage: main.py LIST")
    pages = set()
    for part in sys.argv[1].split(","):
        found = re.fullmatch(r"\s*([0-9]+)\s*(?:-\s*([0-9]+)\s*)?", part)
        if not found:
            fail(f"not a page or a range: {part!r}")
        first = int(found[1])
        last = int(found[2]) if found[2] else first
        if last < first:
            fail(f"a range that runs backwards: {part}")
        pages.update(range(first, last + 1))
    print(*sorted(pages))


main()
