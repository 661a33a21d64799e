import re
import sys


class Bad(Exception):
    pass


text = sys.argv[1] if len(sys.argv) == 2 else ""
tokens = re.findall(r"[0-9]+|\S", text)
pos = 0


def peek():
    return tokens[pos] if pos < len(tokens) else ""


def take():
    global pos
    t = peek()
    pos += 1
    return t


def atom():
    t = take()
    if t == "(":
        v = total()
        if take() != ")":
            raise Bad
        return v
    if re.fullmatch(r"[0-9]+", t):
        return int(t)
    raise Bad


def product():
    v = atom()
    while peek() == "*":
        take()
        v *= atom()
    return v


def total():
    v = product()
    while peek() in ("+", "-"):
        if take() == "+":
            v += product()
        else:
            v -= product()
    return v


try:
    result = total()
    if pos != len(tokens):
        raise Bad
except Bad:
    print("malformed expression", file=sys.stderr)
    sys.exit(1)
print(result)
