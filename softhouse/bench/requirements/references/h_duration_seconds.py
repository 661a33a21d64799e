import re
import sys

match = re.fullmatch(r"(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?", sys.argv[1])
if not match or not sys.argv[1]:
    print("not a duration", file=sys.stderr)
    sys.exit(1)
h, m, s = (int(part or 0) for part in match.groups())
print(h * 3600 + m * 60 + s)
