import json
import sys
from pathlib import Path

STORE = Path("turns.json")


def main() -> None:
    data = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {"names": [], "turn": 0}
    command, *rest = sys.argv[1:]
    if command == "add":
        data["names"].append(rest[0])
    elif command == "next":
        if not data["names"]:
            print("名单是空的", file=sys.stderr)
            sys.exit(1)
        turn = data["turn"] % len(data["names"])
        print(data["names"][turn])
        data["turn"] = turn + 1
    else:
        print(f"没有这个命令：{command}", file=sys.stderr)
        sys.exit(1)
    STORE.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


main()
