import json
import sys
from pathlib import Path

STORE = Path("parking.json")


def refuse(reason: str) -> None:
    print(reason, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    command, *rest = sys.argv[1:]
    if command == "init":
        places = [None] * int(rest[0])
    else:
        places = json.loads(STORE.read_text(encoding="utf-8"))
    if command == "list":
        for number, plate in enumerate(places, 1):
            if plate is not None:
                print(f"{number}: {plate}")
    elif command == "park":
        if rest[0] in places:
            refuse("已在场内")
        if None not in places:
            refuse("车位已满")
        free = places.index(None)
        places[free] = rest[0]
        print(free + 1)
    elif command == "leave":
        if rest[0] not in places:
            refuse("不在场内")
        places[places.index(rest[0])] = None
    STORE.write_text(json.dumps(places), encoding="utf-8")


main()
