import re, sys

if len(sys.argv) != 2:
    sys.exit(1)
m = re.fullmatch(r"(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?", sys.argv[1])
if not m or not sys.argv[1]:
    sys.exit(1)
h, mi, s = (int(x or 0) for x in m.groups())
print(h * 3600 + mi * 60 + s)
