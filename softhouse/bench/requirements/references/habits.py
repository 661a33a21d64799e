import json
import sys
from datetime import date, datetime
from pathlib import Path

STORE = Path("habits.json")


def longest(days: list[date]) -> int:
    best = run = 0
    last = None
    for day in sorted(days):
        run = run + 1 if last is not None and (day - last).days == 1 else 1
        best, last = max(best, run), day
    return best


def main() -> None:
    habits = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command, habit, *rest = sys.argv[1:]
    if command == "streak":
        print(longest([date.fromisoformat(day) for day in habits.get(habit, [])]))
        return
    try:
        day = datetime.strptime(rest[0], "%Y-%m-%d").date().isoformat()
    except ValueError:
        print(f"no date: {rest[0]}", file=sys.stderr)
        sys.exit(1)
    habits[habit] = sorted({*habits.get(habit, []), day})
    STORE.write_text(json.dumps(habits), encoding="utf-8")


main()
