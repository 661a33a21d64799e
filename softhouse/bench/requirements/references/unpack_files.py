import sys

with open(sys.argv[1], encoding="utf-8") as f:
    lines = f.readlines()
out = None
count = 0
for line in lines:
    if line.startswith("=== "):
        if out:
            out.close()
        out = open(line[4:].strip(), "w", encoding="utf-8")
        count += 1
    else:
        out.write(line)
if out:
    out.close()
print(count)
