import json
import sys
from pathlib import Path

STORE = Path("blacklist.json")


def load() -> list[str]:
    if not STORE.exists():
        return []
    return json.loads(STORE.read_text(encoding="utf-8"))


def save(names: list[str]) -> None:
    STORE.write_text(json.dumps(names), encoding="utf-8")


def main() -> None:
    command, *rest = sys.argv[1:]
    names = load()
    name = rest[0]
    if command == "add":
        if name not in names:
            names.append(name)
        save(names)
    elif command == "remove":
        if name not in names:
            sys.exit(1)
        names.remove(name)
        save(names)
    elif command == "check":
        print("已拉黑" if name in names else "正常")


if __name__ == "__main__":
    main()
