import operator
import re
import sys
from functools import reduce

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def evaluate(tokens: list[str]) -> int:
    if not tokens:
        raise ValueError("the expression ends too early")
    token = tokens.pop(0)
    if token != "(":
        return int(token)
    if not tokens or tokens[0] not in OPERATORS:
        raise ValueError("an operator is missing")
    function = OPERATORS[tokens.pop(0)]
    values: list[int] = []
    while tokens and tokens[0] != ")":
        values.append(evaluate(tokens))
    if not tokens or len(values) < 2:
        raise ValueError("a parenthesis or a value is missing")
    tokens.pop(0)
    return reduce(function, values)


def main() -> None:
    tokens = re.findall(r"[()]|[^\s()]+", sys.argv[1])
    try:
        value = evaluate(tokens)
    except ValueError:
        sys.exit(1)
    if tokens:
        sys.exit(1)
    print(value)


if __name__ == "__main__":
    main()
