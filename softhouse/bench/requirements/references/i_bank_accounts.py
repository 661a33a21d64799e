import json, os, sys
F = "accounts.json"
a = json.load(open(F)) if os.path.exists(F) else {}
c, n = sys.argv[1:3]
b = a.get(n, 0)
if c != "balance":
    m = int(sys.argv[3])
    if c == "withdraw":
        if m > b:
            sys.exit(1)
        m = -m
    b += m
    a[n] = b
    json.dump(a, open(F, "w"))
print(b)
