import json
import sys
from pathlib import Path

STATE = Path("game.json")


def save(game: dict[str, int]) -> None:
    STATE.write_text(json.dumps(game), encoding="utf-8")


def main() -> None:
    command, number = sys.argv[1], int(sys.argv[2])
    if command == "start":
        save({"secret": number, "tries": 0})
        return
    if not STATE.exists():
        sys.exit(1)
    game = json.loads(STATE.read_text(encoding="utf-8"))
    game["tries"] += 1
    save(game)
    if number < game["secret"]:
        print("higher")
    elif number > game["secret"]:
        print("lower")
    else:
        print(f"correct in {game['tries']} tries")


if __name__ == "__main__":
    main()
