import json, os, sys

tasks = json.load(open("todo.json")) if os.path.exists("todo.json") else []
cmd = sys.argv[1]
if cmd == "list":
    for i, t in enumerate(tasks, 1):
        print(f"{i}. [{'x' if t['done'] else ' '}] {t['text']}")
    sys.exit(0)
if cmd == "add":
    tasks.append({"text": sys.argv[2], "done": False})
else:
    try:
        n = int(sys.argv[2])
    except ValueError:
        n = 0
    if not 1 <= n <= len(tasks):
        sys.exit("no such task")
    tasks[n - 1]["done"] = True
with open("todo.json", "w") as f:
    json.dump(tasks, f)
