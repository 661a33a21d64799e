import json
import sys
from pathlib import Path
from typing import Any

STORE = Path("agenda.json")


def load() -> list[dict[str, Any]]:
    return json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []


def main() -> None:
    command, points = sys.argv[1], load()
    if command == "add":
        points.append({"minutes": int(sys.argv[2]), "topic": sys.argv[3]})
        STORE.write_text(json.dumps(points), encoding="utf-8")
    elif command == "total":
        print(sum(point["minutes"] for point in points))
    elif command == "plan":
        hours, minutes = map(int, sys.argv[2].split(":"))
        time = hours * 60 + minutes
        for point in points:
            print(f"{time // 60 % 24:02d}:{time % 60:02d} {point['topic']}")
            time += point["minutes"]


if __name__ == "__main__":
    main()
