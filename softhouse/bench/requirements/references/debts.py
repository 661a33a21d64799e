import json
import sys
from pathlib import Path

STATE = Path("debts.json")


def main() -> None:
    debts: dict[str, int] = json.loads(STATE.read_text(encoding="utf-8")) if STATE.exists() else {}
    match sys.argv[1:]:
        case ["lend", name, amount]:
            debts[name] = debts.get(name, 0) + int(amount)
        case ["repay", name, amount]:
            if int(amount) > debts.get(name, 0):
                sys.exit(1)
            debts[name] -= int(amount)
        case ["list"]:
            for name, owed in sorted(debts.items()):
                if owed > 0:
                    print(f"{name} owes {owed}")
    STATE.write_text(json.dumps(debts), encoding="utf-8")


if __name__ == "__main__":
    main()
