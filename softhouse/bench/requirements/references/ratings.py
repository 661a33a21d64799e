import json
import sys
from pathlib import Path

STORE = Path("ratings.json")


def main() -> None:
    ratings = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command, *rest = sys.argv[1:]
    if command == "rate":
        *title, stars = rest
        ratings[" ".join(title)] = stars
        STORE.write_text(json.dumps(ratings), encoding="utf-8")
    elif command == "list":
        for title in sorted(ratings):
            print(f"{title}: {ratings[title]}")


main()
