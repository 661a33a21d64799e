import re
import sys


def fail():
    print("bad expression", file=sys.stderr)
    sys.exit(1)


text = sys.argv[1]
if re.search(r"[^0-9+\-*() ]", text):
    fail()
tokens = re.findall(r"[0-9]+|[+\-*()]", text)
at = 0


def peek():
    return tokens[at] if at < len(tokens) else None


def take():
    global at
    token = peek()
    at += 1
    return token


def atom():
    token = take()
    if token is None:
        fail()
    if token.isdigit():
        return int(token)
    if token == "-":
        return -atom()
    if token == "(":
        value = total()
        if take() != ")":
            fail()
        return value
    fail()


def product():
    value = atom()
    while peek() == "*":
        take()
        value *= atom()
    return value


def total():
    value = product()
    while peek() in ("+", "-"):
        if take() == "+":
            value += product()
        else:
            value -= product()
    return value


result = total()
if peek() is not None:
    fail()
print(result)
