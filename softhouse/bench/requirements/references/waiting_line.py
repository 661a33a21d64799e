import json
import sys
from pathlib import Path

STORE = Path("queue.json")


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def load() -> dict:
    if not STORE.exists():
        return {"last": 0, "waiting": []}
    try:
        return json.loads(STORE.read_text(encoding="utf-8"))
    except ValueError:
        fail(f"{STORE} 已损坏")


def save(state: dict) -> None:
    STORE.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")


def main() -> None:
    state = load()
    waiting = state["waiting"]
    match sys.argv[1:]:
        case ["take", name]:
            state["last"] += 1
            waiting.append([state["last"], name])
            save(state)
            print(state["last"])
        case ["call"]:
            if not waiting:
                fail("队列为空")
            number, name = waiting.pop(0)
            save(state)
            print(number, name)
        case ["cancel", number]:
            kept = [entry for entry in waiting if str(entry[0]) != number]
            if len(kept) == len(waiting):
                fail(f"队列中没有号码 {number}")
            state["waiting"] = kept
            save(state)
        case ["list"]:
            for number, name in waiting:
                print(number, name)
        case _:
            fail("用法: main.py take NAME | call | cancel N | list")


main()
