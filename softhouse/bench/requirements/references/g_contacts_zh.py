import json
import os
import sys

FILE = "contacts.json"
book = {}
if os.path.exists(FILE):
    with open(FILE, encoding="utf-8") as f:
        book = json.load(f)
command = sys.argv[1]
if command == "add":
    book[sys.argv[2]] = sys.argv[3]
    with open(FILE, "w", encoding="utf-8") as f:
        json.dump(book, f)
elif command == "find":
    if sys.argv[2] not in book:
        sys.exit(1)
    print(book[sys.argv[2]])
elif command == "count":
    print(len(book))
