import json
import sys
from pathlib import Path

STORE = Path("stock.json")


def main() -> None:
    stock = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    command, *rest = sys.argv[1:]
    if command == "report":
        for name, quantity in sorted(stock.items()):
            if quantity:
                print(f"{name}: {quantity}")
        return
    name, quantity = rest[0], int(rest[1])
    if command == "add":
        stock[name] = stock.get(name, 0) + quantity
    elif command == "remove":
        if quantity > stock.get(name, 0):
            print(f"not enough {name}", file=sys.stderr)
            sys.exit(1)
        stock[name] -= quantity
    STORE.write_text(json.dumps(stock), encoding="utf-8")


main()
