import re
import sys

TERM = r"(?:\d*x(?:\^\d+)?|\d+)"

text = sys.argv[1] if len(sys.argv) == 2 else ""
if not re.fullmatch(rf"[+-]?{TERM}(?:[+-]{TERM})*", text, re.ASCII):
    sys.exit("not a polynomial in x")
result = {}
for sign, term in re.findall(rf"([+-]?)({TERM})", text, re.ASCII):
    if "x" not in term:
        continue
    factor, _, power = term.partition("x")
    factor = int(sign + (factor or "1"))
    power = int(power[1:]) if power else 1
    if power:
        result[power - 1] = result.get(power - 1, 0) + factor * power
out = ""
for power in sorted(result, reverse=True):
    factor = result[power]
    if not factor:
        continue
    size = str(abs(factor))
    if power:
        size = ("" if size == "1" else size) + "x" + (f"^{power}" if power > 1 else "")
    out += ("-" if factor < 0 else "+" if out else "") + size
print(out or "0")
