import json
import sys
from pathlib import Path

STORE = Path("library.json")


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    books = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command, *rest = sys.argv[1:]
    if command == "add":
        books.setdefault(rest[0], None)
    elif command == "lend":
        title, name = rest
        if title not in books or books[title] is not None:
            fail(f"{title} cannot be lent")
        books[title] = name
    elif command == "return":
        if books.get(rest[0]) is None:
            fail(f"{rest[0]} is not lent")
        books[rest[0]] = None
    elif command == "list":
        for title, name in sorted(books.items(), key=lambda book: book[0]):
            print(f"{title}: available" if name is None else f"{title}: lent to {name}")
    STORE.write_text(json.dumps(books), encoding="utf-8")


main()
