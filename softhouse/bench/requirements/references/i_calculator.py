import re, sys
s = sys.argv[1]
if re.search(r"[^0-9+\-*() ]", s):
    sys.exit(1)
t = re.findall(r"\d+|[+\-*()]", s) + [""]
p = 0

def atom():
    global p
    x = t[p]
    p += 1
    if x == "(":
        v = add()
        if t[p] != ")":
            sys.exit(1)
        p += 1
        return v
    if not x.isdigit():
        sys.exit(1)
    return int(x)

def mul():
    global p
    v = atom()
    while t[p] == "*":
        p += 1
        v *= atom()
    return v

def add():
    global p
    v = mul()
    while t[p] and t[p] in "+-":
        o = t[p]
        p += 1
        w = mul()
        v = v + w if o == "+" else v - w
    return v

v = add()
if t[p] != "":
    sys.exit(1)
print(v)
