import json
import sys
from pathlib import Path

GAME = Path("game.json")


def main() -> None:
    command, text = sys.argv[1], sys.argv[2].lower()
    if command == "start":
        game = {"word": text, "guessed": ""}
    elif command == "guess":
        game = json.loads(GAME.read_text(encoding="utf-8"))
        game["guessed"] += text
    else:
        sys.exit(f"unknown command: {command}")
    GAME.write_text(json.dumps(game), encoding="utf-8")
    print("".join(letter if letter in game["guessed"] else "_" for letter in game["word"]))


if __name__ == "__main__":
    main()
