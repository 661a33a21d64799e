import json
import sys
from pathlib import Path

STORE = Path("books.json")


def load() -> dict[str, dict[str, int]]:
    return json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}


def main() -> None:
    command, books = sys.argv[1], load()
    if command == "status":
        for title, book in books.items():
            print(f"{title}: {book['read']}/{book['pages']}")
        return
    title, number = sys.argv[2], int(sys.argv[3])
    if command == "start":
        books[title] = {"read": 0, "pages": number}
    elif command == "read":
        if title not in books:
            sys.exit(1)
        book = books[title]
        book["read"] = min(book["read"] + number, book["pages"])
    STORE.write_text(json.dumps(books), encoding="utf-8")


if __name__ == "__main__":
    main()
