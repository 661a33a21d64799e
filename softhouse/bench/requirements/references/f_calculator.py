import re
import sys


def fail():
    print("not well formed", file=sys.stderr)
    sys.exit(1)


text = sys.argv[1]
if not re.fullmatch(r"[0-9+\-*()\s]*", text):
    fail()
tokens = re.findall(r"[0-9]+|[+\-*()]", text) + [""]
place = 0


def take():
    global place
    place += 1
    return tokens[place - 1]


def factor():
    token = take() if tokens[place] else fail()
    if token.isdigit():
        return int(token)
    if token == "-":
        return -factor()
    if token == "(":
        value = total()
        if tokens[place] != ")":
            fail()
        take()
        return value
    fail()


def product():
    value = factor()
    while tokens[place] == "*":
        take()
        value *= factor()
    return value


def total():
    value = product()
    while tokens[place] in ("+", "-"):
        if take() == "+":
            value += product()
        else:
            value -= product()
    return value


result = total()
if tokens[place] != "":
    fail()
print(result)
