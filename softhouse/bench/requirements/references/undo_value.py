import json
import sys
from pathlib import Path

STORE = Path("value.json")


def load() -> list[str]:
    if not STORE.exists():
        return ["0"]
    return json.loads(STORE.read_text(encoding="utf-8"))


def save(values: list[str]) -> None:
    STORE.write_text(json.dumps(values), encoding="utf-8")


def main() -> None:
    values = load()
    match sys.argv[1:]:
        case ["set", number]:
            save([*values, number])
        case ["undo"]:
            if len(values) == 1:
                print("nothing to undo", file=sys.stderr)
                sys.exit(1)
            save(values[:-1])
        case ["show"]:
            print(values[-1])
        case _:
            print("usage: main.py set N | undo | show", file=sys.stderr)
            sys.exit(2)


if __name__ == "__main__":
    main()
