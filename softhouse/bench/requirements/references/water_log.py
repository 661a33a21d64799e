import json
import sys
from pathlib import Path


def main() -> None:
    path = Path("water.json")
    cups: int = json.loads(path.read_text(encoding="utf-8")) if path.exists() else 0
    if sys.argv[1] == "drink":
        path.write_text(json.dumps(cups + int(sys.argv[2])), encoding="utf-8")
    else:
        print(cups)


if __name__ == "__main__":
    main()
