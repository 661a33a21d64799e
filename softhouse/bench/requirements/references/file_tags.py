import json
import sys
from pathlib import Path

STORE = Path("tags.json")


def load() -> dict[str, list[str]]:
    if not STORE.exists():
        return {}
    return json.loads(STORE.read_text(encoding="utf-8"))


def main() -> None:
    tags = load()
    match sys.argv[1:]:
        case ["tag", name, tag]:
            known = tags.setdefault(name, [])
            if tag not in known:
                known.append(tag)
            STORE.write_text(json.dumps(tags), encoding="utf-8")
        case ["find", tag]:
            names = sorted(name for name, known in tags.items() if tag in known)
            print("\n".join(names) or "none")
        case _:
            sys.exit("usage: main.py tag FILE TAG | find TAG")


if __name__ == "__main__":
    main()
