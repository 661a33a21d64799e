import json
import sys
from typing import Any


def load(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main() -> None:
    first, second = load(sys.argv[1]), load(sys.argv[2])
    for key in sorted(first.keys() | second.keys()):
        if key not in first:
            print(f"+ {key}")
        elif key not in second:
            print(f"- {key}")
        elif json.dumps(first[key]) != json.dumps(second[key]):
            print(f"~ {key}")


if __name__ == "__main__":
    main()
