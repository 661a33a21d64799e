import json
import sys
from pathlib import Path

STORE = Path("board.json")
COLUMNS = ["todo", "doing", "done"]


def main() -> None:
    cards: list[dict[str, str]] = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    command, *rest = sys.argv[1:]
    if command == "show":
        for column in COLUMNS:
            print(f"{column}:")
            for number, card in enumerate(cards, start=1):
                if card["column"] == column:
                    print(f"{number}. {card['text']}")
        return
    if command == "add":
        cards.append({"text": rest[0], "column": "todo"})
    elif command == "move":
        number, column = int(rest[0]), rest[1]
        if not 1 <= number <= len(cards) or column not in COLUMNS:
            sys.exit(1)
        cards[number - 1]["column"] = column
    STORE.write_text(json.dumps(cards), encoding="utf-8")


if __name__ == "__main__":
    main()
