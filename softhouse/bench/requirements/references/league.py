import json
import sys
from pathlib import Path

STORE = Path("league.json")
USAGE = "usage: main.py match HOME AWAY X Y | undo | table"


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def load() -> list:
    if not STORE.exists():
        return []
    try:
        return json.loads(STORE.read_text(encoding="utf-8"))
    except ValueError:
        fail(f"{STORE} is damaged")


def save(matches: list) -> None:
    STORE.write_text(json.dumps(matches, ensure_ascii=False), encoding="utf-8")


def table(matches: list) -> dict[str, int]:
    points = {}
    for home, away, x, y in matches:
        points[home] = points.get(home, 0) + (3 if x > y else 1 if x == y else 0)
        points[away] = points.get(away, 0) + (3 if y > x else 1 if x == y else 0)
    return points


def main() -> None:
    match sys.argv[1:]:
        case ["match", home, away, x, y]:
            if not all(goals.isascii() and goals.isdigit() for goals in (x, y)):
                fail("goals are whole numbers")
            if home == away:
                fail("a team doesn't play against itself")
            save([*load(), [home, away, int(x), int(y)]])
        case ["undo"]:
            matches = load()
            if not matches:
                fail("no match to take back")
            save(matches[:-1])
        case ["table"]:
            for team, points in sorted(table(load()).items(), key=lambda entry: (-entry[1], entry[0])):
                print(f"{team}: {points}")
        case _:
            fail(USAGE)


main()
