import json, os, sys

P = "todo.json"
tasks = json.load(open(P)) if os.path.exists(P) else []
a = sys.argv[1:]
if a[0] == "add":
    tasks.append({"text": " ".join(a[1:]), "done": False})
elif a[0] == "done":
    try:
        n = int(a[1])
    except ValueError:
        sys.exit(1)
    if not 1 <= n <= len(tasks):
        sys.exit(1)
    tasks[n - 1]["done"] = True
elif a[0] == "list":
    for i, t in enumerate(tasks, 1):
        print(f"{i}. [{'x' if t['done'] else ' '}] {t['text']}")
with open(P, "w") as f:
    json.dump(tasks, f)
