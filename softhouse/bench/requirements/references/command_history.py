import json
import sys
from pathlib import Path

STATE = Path("history.json")


def main() -> None:
    entries: list[str] = json.loads(STATE.read_text(encoding="utf-8")) if STATE.exists() else []
    command, value = sys.argv[1:3]
    if command == "add":
        entries.append(value)
        STATE.write_text(json.dumps(entries), encoding="utf-8")
    elif command == "last":
        for entry in entries[::-1][: int(value)]:
            print(entry)
    elif command == "find":
        for entry in entries:
            if value in entry:
                print(entry)


if __name__ == "__main__":
    main()
