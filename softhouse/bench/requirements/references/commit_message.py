import sys

lines = sys.stdin.read().split("\n")
first = lines[0]
if not 1 <= len(first) <= 50 or first.endswith("."):
    sys.exit(1)
if len(lines) > 1 and lines[1] != "":
    sys.exit(1)
print("ok")
