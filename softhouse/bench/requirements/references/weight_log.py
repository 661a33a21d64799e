import json
import sys
from pathlib import Path

STORE = Path("weights.json")


def main() -> None:
    weights = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    command, *rest = sys.argv[1:]
    if command == "add":
        weights.append(float(rest[0]))
        STORE.write_text(json.dumps(weights), encoding="utf-8")
    elif command == "change":
        if len(weights) < 2:
            print("at least two weights are needed", file=sys.stderr)
            sys.exit(1)
        print(f"{weights[-1] - weights[0]:+.1f}")
    else:
        print(f"unknown command: {command}", file=sys.stderr)
        sys.exit(1)


main()
