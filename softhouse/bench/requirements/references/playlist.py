import json
import sys
from pathlib import Path

STORE = Path("playlist.json")


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def load() -> list[str]:
    if not STORE.exists():
        return []
    try:
        return json.loads(STORE.read_text(encoding="utf-8"))
    except ValueError:
        fail(f"{STORE} is damaged")


def save(titles: list[str]) -> None:
    STORE.write_text(json.dumps(titles, ensure_ascii=False), encoding="utf-8")


def index(text: str, titles: list[str]) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= len(titles)):
        fail(f"no such position: {text}")
    return int(text) - 1


def main() -> None:
    titles = load()
    match sys.argv[1:]:
        case ["add", title]:
            save([*titles, title])
        case ["move", source, target]:
            start, end = index(source, titles), index(target, titles)
            titles.insert(end, titles.pop(start))
            save(titles)
        case ["drop", number]:
            titles.pop(index(number, titles))
            save(titles)
        case ["show"]:
            for number, title in enumerate(titles, 1):
                print(f"{number}. {title}")
        case _:
            fail("usage: main.py add TITLE | move FROM TO | drop N | show")


main()
