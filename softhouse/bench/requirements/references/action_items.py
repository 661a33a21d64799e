import re
import sys

tasks = {}
for line in sys.stdin:
    found = re.match(r"TODO (\w+): (.*)", line.rstrip("\n"))
    if found:
        tasks.setdefault(found[1], []).append(found[2])
for name, todo in tasks.items():
    print(name + ":")
    for task in todo:
        print("- " + task)
