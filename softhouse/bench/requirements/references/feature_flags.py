import json
import sys
from pathlib import Path

STORE = Path("flags.json")


def main() -> None:
    flags: dict[str, bool] = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command = sys.argv[1]
    if command == "list":
        for name in sorted(flags):
            if flags[name]:
                print(name)
    elif command == "show":
        print("on" if flags.get(sys.argv[2], False) else "off")
    else:
        flags[sys.argv[2]] = command == "on"
        STORE.write_text(json.dumps(flags), encoding="utf-8")


if __name__ == "__main__":
    main()
