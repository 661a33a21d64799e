import json
import sys
from pathlib import Path

STORE = Path("medals.json")


def load() -> dict[str, dict[str, int]]:
    if not STORE.exists():
        return {}
    return json.loads(STORE.read_text(encoding="utf-8"))


def save(medals: dict[str, dict[str, int]]) -> None:
    STORE.write_text(json.dumps(medals), encoding="utf-8")


def main() -> None:
    command, *rest = sys.argv[1:]
    medals = load()
    if command == "award":
        country, medal = rest
        if medal not in ("gold", "silver", "bronze"):
            sys.exit(1)
        counts = medals.setdefault(country, {"gold": 0, "silver": 0, "bronze": 0})
        counts[medal] += 1
        save(medals)
    elif command == "table":
        for country, counts in sorted(medals.items(), key=lambda item: (-item[1]["gold"], item[0])):
            print(f"{country}: {counts['gold']} {counts['silver']} {counts['bronze']}")


if __name__ == "__main__":
    main()
