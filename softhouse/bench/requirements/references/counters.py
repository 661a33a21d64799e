import json
import sys
from pathlib import Path

STORE = Path("counters.json")


def main() -> None:
    counters = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command, *rest = sys.argv[1:]
    if command == "list":
        for name, value in sorted(counters.items()):
            print(f"{name}: {value}")
    elif command in ("up", "down"):
        step = 1 if command == "up" else -1
        counters[rest[0]] = counters.get(rest[0], 0) + step
        STORE.write_text(json.dumps(counters, ensure_ascii=False), encoding="utf-8")
    else:
        print(f"unknown command: {command}", file=sys.stderr)
        sys.exit(1)


main()
