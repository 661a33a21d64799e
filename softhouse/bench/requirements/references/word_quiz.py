import json
import sys
from pathlib import Path

STATE = Path("words.json")


def load() -> dict:
    if STATE.exists():
        return json.loads(STATE.read_text(encoding="utf-8"))
    return {"words": {}, "right": 0, "total": 0}


def main() -> None:
    data = load()
    match sys.argv[1:]:
        case ["add", word, meaning]:
            data["words"][word] = meaning
        case ["test", word, answer]:
            if word not in data["words"]:
                sys.exit(1)
            correct = data["words"][word] == answer
            data["total"] += 1
            data["right"] += correct
            print("正确" if correct else "错误")
        case ["score"]:
            print(f"{data['right']}/{data['total']}")
    STATE.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
