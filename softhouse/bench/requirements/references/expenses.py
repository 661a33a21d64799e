import json
import sys
from decimal import Decimal
from pathlib import Path

STORE = Path("expenses.json")


def main() -> None:
    expenses = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    sums: dict[str, Decimal] = {}
    for category, amount in expenses:
        sums[category] = sums.get(category, Decimal(0)) + Decimal(amount)
    command, *rest = sys.argv[1:]
    if command == "add":
        expenses.append([rest[0], str(Decimal(rest[1]))])
        STORE.write_text(json.dumps(expenses), encoding="utf-8")
    elif command == "total":
        print(f"{sum(sums.values(), Decimal(0)):.2f}")
    elif command == "summary":
        for category, amount in sorted(sums.items(), key=lambda item: -item[1]):
            print(f"{category}: {amount:.2f}")


main()
