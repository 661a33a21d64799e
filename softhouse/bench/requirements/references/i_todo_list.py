import json, os, sys
F = "todo.json"
t = json.load(open(F, encoding="utf-8")) if os.path.exists(F) else []
c = sys.argv[1]
if c == "add":
    t.append([sys.argv[2], False])
elif c == "done":
    n = int(sys.argv[2])
    if not 1 <= n <= len(t):
        sys.exit(1)
    t[n - 1][1] = True
elif c == "list":
    for i, (x, d) in enumerate(t, 1):
        print(f"{i}. [{'x' if d else ' '}] {x}")
json.dump(t, open(F, "w", encoding="utf-8"))
