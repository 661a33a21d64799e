import json
import sys
from datetime import date, timedelta
from pathlib import Path

PLANTS = Path("plants.json")


def parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        sys.exit(1)


def main() -> None:
    plants: dict[str, str] = {}
    if PLANTS.exists():
        plants = json.loads(PLANTS.read_text(encoding="utf-8"))
    match sys.argv[1:]:
        case ["water", name, text]:
            plants[name] = parse_date(text).isoformat()
            PLANTS.write_text(json.dumps(plants), encoding="utf-8")
        case ["due", text]:
            limit = parse_date(text) - timedelta(days=7)
            for name in sorted(plants):
                if date.fromisoformat(plants[name]) <= limit:
                    print(name)
        case _:
            sys.exit("usage: main.py water NAME DATE | due DATE")


if __name__ == "__main__":
    main()
