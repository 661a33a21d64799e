import json, os, sys

tasks = []
if os.path.exists("todo.json"):
    with open("todo.json", encoding="utf-8") as f:
        tasks = json.load(f)


def save():
    with open("todo.json", "w", encoding="utf-8") as f:
        json.dump(tasks, f)


cmd = sys.argv[1] if len(sys.argv) > 1 else ""
if cmd == "add" and len(sys.argv) == 3:
    tasks.append(sys.argv[2])
    save()
elif cmd == "done" and len(sys.argv) == 3:
    try:
        n = int(sys.argv[2])
    except ValueError:
        sys.exit(1)
    if not 1 <= n <= len(tasks):
        sys.exit(1)
    del tasks[n - 1]
    save()
elif cmd == "list":
    for i, t in enumerate(tasks, 1):
        print(f"{i}. {t}")
else:
    sys.exit(1)
