import json
import sys
from pathlib import Path

STORE = Path("store.json")


def main() -> None:
    store = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command, *rest = sys.argv[1:]
    if command in ("get", "delete") and rest[0] not in store:
        print(f"no key {rest[0]}", file=sys.stderr)
        sys.exit(1)
    if command == "set":
        store[rest[0]] = rest[1]
    elif command == "get":
        print(store[rest[0]])
    elif command == "delete":
        del store[rest[0]]
    elif command == "keys":
        for key in sorted(store):
            print(key)
    STORE.write_text(json.dumps(store), encoding="utf-8")


main()
