import json
import os
import sys

tasks = []
if os.path.exists("todo.json"):
    with open("todo.json", encoding="utf-8") as f:
        tasks = json.load(f)
command = sys.argv[1]
if command == "list":
    for n, task in enumerate(tasks, 1):
        print(f"{n}. {task}")
    sys.exit(0)
if command == "add":
    tasks.append(" ".join(sys.argv[2:]))
elif command == "done":
    try:
        n = int(sys.argv[2])
    except ValueError:
        n = 0
    if not 1 <= n <= len(tasks):
        print("no such task", file=sys.stderr)
        sys.exit(1)
    del tasks[n - 1]
with open("todo.json", "w", encoding="utf-8") as f:
    json.dump(tasks, f)
