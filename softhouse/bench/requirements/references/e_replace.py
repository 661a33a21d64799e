import sys

path, old, new = sys.argv[1:4]
with open(path, encoding="utf-8", newline="") as f:
    text = f.read()
n = text.count(old)
if n:
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(text.replace(old, new))
print(n)
