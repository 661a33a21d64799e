import re
import sys
from collections import Counter


def refuse() -> None:
    print("no such formula", file=sys.stderr)
    sys.exit(1)


def main() -> None:
    levels = [Counter()]
    position, formula = 0, sys.argv[1]
    while position < len(formula):
        found = re.compile(r"(\()|(?:(\))|([A-Z][a-z]?))(\d*)").match(formula, position)
        if not found:
            refuse()
        position = found.end()
        count = int(found[4] or 1)
        if found[1]:
            levels.append(Counter())
        elif found[2]:
            if len(levels) == 1:
                refuse()
            for element, number in levels.pop().items():
                levels[-1][element] += number * count
        else:
            levels[-1][found[3]] += count
    if len(levels) != 1:
        refuse()
    for element, number in sorted(levels[0].items()):
        print(f"{element}: {number}")


main()
