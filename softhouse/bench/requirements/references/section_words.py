import sys

try:
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = file.read().splitlines()
except (OSError, IndexError):
    print("cannot read the file", file=sys.stderr)
    sys.exit(1)
sections = []
for line in lines:
    if line.startswith("# "):
        sections.append([line[2:].strip(), 0])
    elif sections:
        sections[-1][1] += len(line.split())
if not sections:
    print("no heading", file=sys.stderr)
    sys.exit(1)
for name, count in sections:
    print(f"{name}: {count}")
