import re, sys

s = sys.argv[1]
toks = re.findall(r"\d+|\S", s)
pos = 0


def peek():
    return toks[pos] if pos < len(toks) else None


def take():
    global pos
    t = peek()
    pos += 1
    return t


def atom():
    t = take()
    if t is not None and t.isdigit():
        return int(t)
    if t == "-":
        return -atom()
    if t == "(":
        v = expr()
        if take() != ")":
            raise ValueError
        return v
    raise ValueError


def term():
    v = atom()
    while peek() == "*":
        take()
        v *= atom()
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
    if peek() is not None:
        raise ValueError
except ValueError:
    sys.exit(1)
print(v)
