import re, sys

src = sys.stdin.read().strip()
toks = re.findall(r"[0-9]+|[-+*()]|[^\s]", src)
pos = 0


def peek():
    return toks[pos] if pos < len(toks) else None


def take():
    global pos
    t = peek()
    pos += 1
    return t


def factor():
    t = take()
    if t is None:
        raise ValueError
    if t == "(":
        v = expr()
        if take() != ")":
            raise ValueError
        return v
    if t == "-":
        return -factor()
    if re.fullmatch("[0-9]+", t):
        return int(t)
    raise ValueError


def term():
    v = factor()
    while peek() == "*":
        take()
        v *= factor()
    return v


def expr():
    v = term()
    while peek() in ("+", "-"):
        if take() == "+":
            v += term()
        else:
            v -= term()
    return v


try:
    v = expr()
    if pos != len(toks):
        raise ValueError
except ValueError:
    sys.exit(1)
print(v)
