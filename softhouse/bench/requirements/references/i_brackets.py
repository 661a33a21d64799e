import sys
k = {")": "(", "]": "[", "}": "{"}
s = []
ok = True
for c in sys.stdin.read():
    if c in "([{":
        s.append(c)
    elif c in k and (not s or s.pop() != k[c]):
        ok = False
        break
if s:
    ok = False
print("balanced" if ok else "unbalanced")
sys.exit(0 if ok else 1)
