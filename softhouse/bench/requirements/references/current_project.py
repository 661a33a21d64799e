import json
import sys
from pathlib import Path

STORE = Path("projects.json")


def load() -> dict:
    if not STORE.exists():
        return {"names": [], "current": None}
    return json.loads(STORE.read_text(encoding="utf-8"))


def save(state: dict) -> None:
    STORE.write_text(json.dumps(state), encoding="utf-8")


def main() -> None:
    command, *rest = sys.argv[1:]
    state = load()
    if command == "create":
        state["names"].append(rest[0])
        save(state)
    elif command == "use":
        if rest[0] not in state["names"]:
            sys.exit(1)
        state["current"] = rest[0]
        save(state)
    elif command == "list":
        for name in state["names"]:
            print(("* " if name == state["current"] else "  ") + name)


if __name__ == "__main__":
    main()
