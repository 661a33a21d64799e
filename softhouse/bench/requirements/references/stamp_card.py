import json
import re
import sys
from pathlib import Path

CARDS = Path("cards.json")


def main() -> None:
    if len(sys.argv) != 4 or sys.argv[1] != "buy":
        sys.exit("用法：main.py buy 名字 杯数")
    name, cups = sys.argv[2:]
    if not re.fullmatch("[0-9]+", cups) or int(cups) == 0:
        sys.exit(1)
    cards: dict[str, int] = {}
    if CARDS.exists():
        cards = json.loads(CARDS.read_text(encoding="utf-8"))
    free, cards[name] = divmod(cards.get(name, 0) + int(cups), 10)
    CARDS.write_text(json.dumps(cards, ensure_ascii=False), encoding="utf-8")
    print(cards[name])
    for _ in range(free):
        print("免费一杯")


if __name__ == "__main__":
    main()
