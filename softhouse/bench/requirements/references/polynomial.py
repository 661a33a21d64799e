import re
import sys

TERM = r"(?:\d*x(?:\^\d+)?|\d+)"


def main():
    if len(sys.argv) != 3:
        return 1
    text = re.sub(r"\s*([+-])\s*", r"\1", sys.argv[1].strip())
    if not re.fullmatch(rf"[+-]?{TERM}(?:[+-]{TERM})*", text):
        return 1
    try:
        x = int(sys.argv[2])
    except ValueError:
        return 1
    total = 0
    for term in re.findall(rf"[+-]?{TERM}", text):
        sign = -1 if term[0] == "-" else 1
        term = term.lstrip("+-")
        if "x" in term:
            factor, _, power = term.partition("x")
            total += sign * int(factor or 1) * x ** int(power[1:] or 1)
        else:
            total += sign * int(term)
    print(total)
    return 0


sys.exit(main())
