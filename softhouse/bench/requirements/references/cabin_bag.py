import re
import sys


def size(text):
    if not re.fullmatch(r"[0-9]+x[0-9]+x[0-9]+", text):
        sys.exit(1)
    return sorted(int(part) for part in text.split("x"))


allowed, bag = size(sys.argv[1]), size(sys.argv[2])
print("fits" if all(b <= a for a, b in zip(allowed, bag)) else "too big")
