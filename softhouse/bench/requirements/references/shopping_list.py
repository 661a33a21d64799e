import json
import sys
from pathlib import Path

STORE = Path("shopping.json")


def main() -> None:
    items = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    command, *rest = sys.argv[1:]
    item = " ".join(rest)
    if command == "add":
        items.append(item)
    elif command == "buy":
        if item not in items:
            print(f"清单中没有 {item}", file=sys.stderr)
            sys.exit(1)
        items.remove(item)
    elif command == "list":
        for item in items:
            print(item)
    STORE.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")


main()
