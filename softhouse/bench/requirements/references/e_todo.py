import json
import os
import sys

PATH = "todo.json"
tasks = []
if os.path.exists(PATH):
    with open(PATH, encoding="utf-8") as f:
        tasks = json.load(f)


def save():
    with open(PATH, "w", encoding="utf-8") as f:
        json.dump(tasks, f)


args = sys.argv[1:]
if args[:1] == ["add"] and len(args) == 2:
    tasks.append(args[1])
    save()
elif args[:1] == ["done"] and len(args) == 2:
    try:
        n = int(args[1])
    except ValueError:
        n = 0
    if not 1 <= n <= len(tasks):
        print("no such task", file=sys.stderr)
        sys.exit(1)
    del tasks[n - 1]
    save()
elif args == ["list"]:
    for n, task in enumerate(tasks, 1):
        print(f"{n}. {task}")
else:
    sys.exit(1)
