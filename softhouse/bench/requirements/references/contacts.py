import json
import sys
from pathlib import Path

STORE = Path("contacts.json")


def main() -> None:
    contacts = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command, *rest = sys.argv[1:]
    if command in ("find", "delete") and rest[0] not in contacts:
        print(f"没有 {rest[0]}", file=sys.stderr)
        sys.exit(1)
    if command == "add":
        contacts[rest[0]] = rest[1]
    elif command == "find":
        print(contacts[rest[0]])
    elif command == "delete":
        del contacts[rest[0]]
    elif command == "list":
        for name, phone in contacts.items():
            print(f"{name}: {phone}")
    STORE.write_text(json.dumps(contacts, ensure_ascii=False), encoding="utf-8")


main()
