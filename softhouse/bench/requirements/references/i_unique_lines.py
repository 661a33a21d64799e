import sys
try:
    t = open(sys.argv[1], encoding="utf-8").read()
except OSError:
    sys.exit(1)
l = sorted({x for x in t.split("\n") if x})
with open(sys.argv[2], "w", encoding="utf-8") as f:
    f.write("".join(x + "\n" for x in l))
print(len(l))
