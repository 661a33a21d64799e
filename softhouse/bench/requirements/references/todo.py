import json
import sys
from pathlib import Path

STORE = Path("todo.json")


def main() -> None:
    tasks = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    command, *rest = sys.argv[1:]
    if command == "add":
        tasks.append({"text": " ".join(rest), "done": False})
    elif command == "done":
        number = int(rest[0])
        if not 1 <= number <= len(tasks):
            print(f"no task {number}", file=sys.stderr)
            sys.exit(1)
        tasks[number - 1]["done"] = True
    elif command == "list":
        for number, task in enumerate(tasks, 1):
            print(f"{number}. [{'x' if task['done'] else ' '}] {task['text']}")
    STORE.write_text(json.dumps(tasks), encoding="utf-8")


main()
