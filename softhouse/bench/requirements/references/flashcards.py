import json
import sys
from pathlib import Path

STORE = Path("cards.json")


def main() -> None:
    cards: list[list[str]] = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    command, *rest = sys.argv[1:]
    if command == "add":
        cards.append(rest[:2])
        STORE.write_text(json.dumps(cards, ensure_ascii=False), encoding="utf-8")
        return
    number = int(rest[0])
    if not 1 <= number <= len(cards):
        sys.exit(1)
    question, answer = cards[number - 1]
    if command == "ask":
        print(question)
    elif command == "check":
        print("正确" if rest[1] == answer else "错误")


if __name__ == "__main__":
    main()
