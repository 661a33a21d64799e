import json
import sys
from pathlib import Path

STORE = Path("visitors.json")


def load() -> list[str]:
    return json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []


def main() -> None:
    command, inside = sys.argv[1], load()
    if command == "who":
        for name in inside:
            print(name)
        return
    name = sys.argv[2]
    if command == "in":
        if name in inside:
            sys.exit(1)
        inside.append(name)
    elif command == "out":
        if name not in inside:
            sys.exit(1)
        inside.remove(name)
    STORE.write_text(json.dumps(inside), encoding="utf-8")


if __name__ == "__main__":
    main()
