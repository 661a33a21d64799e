import json
import sys
from pathlib import Path

STORE = Path("train.json")


def main():
    args = sys.argv[1:]
    train = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    if len(args) == 2 and args[0] == "front":
        train.insert(0, args[1])
    elif len(args) == 2 and args[0] == "back":
        train.append(args[1])
    elif args == ["drop"]:
        if not train:
            print("no wagons")
            sys.exit(1)
        print(train.pop())
    elif args == ["show"]:
        print("-".join(train))
    else:
        sys.exit("usage: main.py front NAME | back NAME | drop | show")
    STORE.write_text(json.dumps(train, ensure_ascii=False), encoding="utf-8")


main()
