import json
import sys
from pathlib import Path

STORE = Path("fuel.json")


def load() -> list[list[float]]:
    if not STORE.exists():
        return []
    return json.loads(STORE.read_text(encoding="utf-8"))


def main() -> None:
    fills = load()
    match sys.argv[1:]:
        case ["fill", km, litres]:
            fills.append([float(km), float(litres)])
            STORE.write_text(json.dumps(fills), encoding="utf-8")
        case ["average"]:
            if len(fills) < 2:
                print("at least two fills are needed", file=sys.stderr)
                sys.exit(1)
            distance = fills[-1][0] - fills[0][0]
            used = sum(litres for _, litres in fills[1:])
            print(f"{used / distance * 100:.1f}")
        case _:
            print("usage: main.py fill KM LITRES | average", file=sys.stderr)
            sys.exit(2)


if __name__ == "__main__":
    main()
