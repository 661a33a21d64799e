import json
import os
import sys

FILE = "todo.json"
tasks = []
if os.path.exists(FILE):
    with open(FILE, encoding="utf-8") as f:
        tasks = json.load(f)
command = sys.argv[1]
if command == "add":
    tasks.append(sys.argv[2])
elif command == "done":
    number = int(sys.argv[2])
    if not 1 <= number <= len(tasks):
        print("no such task", file=sys.stderr)
        sys.exit(1)
    del tasks[number - 1]
elif command == "list":
    for i, task in enumerate(tasks, 1):
        print(f"{i}. {task}")
with open(FILE, "w", encoding="utf-8") as f:
    json.dump(tasks, f)
