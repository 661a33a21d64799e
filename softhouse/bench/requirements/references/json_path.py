import json
import sys
from pathlib import Path


def main() -> None:
    value = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        for part in sys.argv[2].split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (KeyError, IndexError, TypeError, ValueError):
        print("no such path", file=sys.stderr)
        sys.exit(1)
    print(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


main()
