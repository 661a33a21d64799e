import json
import sys
from pathlib import Path

STORE = Path("fridge.json")


def load() -> dict[str, str]:
    if not STORE.exists():
        return {}
    return json.loads(STORE.read_text(encoding="utf-8"))


def save(items: dict[str, str]) -> None:
    STORE.write_text(json.dumps(items), encoding="utf-8")


def main() -> None:
    command, *rest = sys.argv[1:]
    items = load()
    if command == "put":
        item, date = rest
        items[item] = date
        save(items)
    elif command == "eat":
        if rest[0] not in items:
            sys.exit(1)
        del items[rest[0]]
        save(items)
    elif command == "expired":
        for item in sorted(items):
            if items[item] < rest[0]:
                print(item)


if __name__ == "__main__":
    main()
