import sys

PAIRS = {")": "(", "]": "[", "}": "{"}


def balanced(text: str) -> bool:
    opened: list[str] = []
    for character in text:
        if character in PAIRS.values():
            opened.append(character)
        elif character in PAIRS and (not opened or opened.pop() != PAIRS[character]):
            return False
    return not opened


if balanced(sys.stdin.read()):
    print("balanced")
else:
    print("unbalanced")
    sys.exit(1)
