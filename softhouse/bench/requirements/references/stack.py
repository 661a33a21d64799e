import json
import sys
from pathlib import Path

STORE = Path("stack.json")


def main() -> None:
    texts = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    command, *rest = sys.argv[1:]
    if command == "push":
        texts.append(" ".join(rest))
    elif command == "pop":
        if not texts:
            print("the stack is empty", file=sys.stderr)
            sys.exit(1)
        print(texts.pop())
    STORE.write_text(json.dumps(texts), encoding="utf-8")


main()
