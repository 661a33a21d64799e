import json
import sys
from pathlib import Path

STORE = Path("laundry.json")


def main():
    args = sys.argv[1:]
    basket = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    if len(args) == 2 and args[0] == "wear":
        if args[1] in basket:
            sys.exit("error: it is in the basket")
        basket.append(args[1])
    elif args == ["basket"]:
        for item in basket:
            print(item)
    elif args == ["wash"]:
        print(f"washed {len(basket)}")
        basket = []
    else:
        sys.exit("usage: main.py wear ITEM | basket | wash")
    STORE.write_text(json.dumps(basket, ensure_ascii=False), encoding="utf-8")


main()
