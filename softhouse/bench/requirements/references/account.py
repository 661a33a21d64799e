import json
import sys
from decimal import Decimal
from pathlib import Path

STORE = Path("account.json")


def main() -> None:
    balance = Decimal(json.loads(STORE.read_text(encoding="utf-8"))) if STORE.exists() else Decimal(0)
    command, *rest = sys.argv[1:]
    if command == "deposit":
        balance += Decimal(rest[0])
    elif command == "withdraw":
        if Decimal(rest[0]) > balance:
            print("not enough money", file=sys.stderr)
            sys.exit(1)
        balance -= Decimal(rest[0])
    elif command == "balance":
        print(f"{balance:.2f}")
    STORE.write_text(json.dumps(str(balance)), encoding="utf-8")


main()
