import json
import os
import sys

tasks = []
if os.path.exists("todo.json"):
    with open("todo.json", encoding="utf-8") as f:
        tasks = json.load(f)


def save():
    with open("todo.json", "w", encoding="utf-8") as f:
        json.dump(tasks, f)


args = sys.argv[1:]
if args[:1] == ["add"] and len(args) == 2:
    tasks.append(args[1])
    save()
    print(f"Added: {args[1]}")
elif args == ["list"]:
    for i, t in enumerate(tasks, 1):
        print(f"{i}. {t}")
elif args[:1] == ["done"] and len(args) == 2:
    try:
        n = int(args[1])
    except ValueError:
        n = 0
    if not 1 <= n <= len(tasks):
        print("no such task", file=sys.stderr)
        sys.exit(1)
    t = tasks.pop(n - 1)
    save()
    print(f"Done: {t}")
else:
    sys.exit(1)
