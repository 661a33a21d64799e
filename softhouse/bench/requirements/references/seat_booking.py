import json
import sys
from pathlib import Path

STORE = Path("seats.json")


def main() -> None:
    seats: dict[str, str] = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command, *rest = sys.argv[1:]
    if command == "list":
        for seat in sorted(seats):
            print(f"{seat}: {seats[seat]}")
        return
    seat = rest[0]
    if command == "book":
        if seat in seats:
            sys.exit(1)
        seats[seat] = rest[1]
    elif command == "cancel":
        if seat not in seats:
            sys.exit(1)
        del seats[seat]
    STORE.write_text(json.dumps(seats), encoding="utf-8")


if __name__ == "__main__":
    main()
