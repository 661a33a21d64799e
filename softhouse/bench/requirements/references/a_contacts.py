import json, os, sys

book = {}
if os.path.exists("contacts.json"):
    with open("contacts.json", encoding="utf-8") as f:
        book = json.load(f)
a = sys.argv[1:]
if a[:1] == ["set"] and len(a) == 3:
    book[a[1]] = a[2]
    with open("contacts.json", "w", encoding="utf-8") as f:
        json.dump(book, f)
elif a[:1] == ["get"] and len(a) == 2:
    print(book.get(a[1], "unknown"))
elif a == ["all"]:
    for name in sorted(book):
        print(f"{name}: {book[name]}")
else:
    sys.exit(1)
