import json
import re
import sys
from pathlib import Path


def main() -> None:
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    values = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    try:
        filled = re.sub(r"\{\{(\w+)\}\}", lambda match: str(values[match[1]]), text)
    except KeyError as error:
        print(f"no value for {error}", file=sys.stderr)
        sys.exit(1)
    print(filled, end="")


main()
