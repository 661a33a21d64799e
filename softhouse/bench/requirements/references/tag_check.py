import re
import sys

stack = []
for slash, name in re.findall(r"<(/?)([A-Za-z]+)>", sys.stdin.read()):
    if not slash:
        stack.append(name)
    elif stack and stack[-1] == name:
        stack.pop()
    else:
        print(f"unexpected </{name}>")
        sys.exit(1)
if stack:
    print(f"unclosed <{stack[-1]}>")
    sys.exit(1)
print("ok")
