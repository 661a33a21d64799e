import re
import sys

args = sys.argv[1:]
if len(args) != 2 or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", args[1]):
    print("usage: main.py FILE HH:MM", file=sys.stderr)
    sys.exit(1)
try:
    with open(args[0], encoding="utf-8") as file:
        times = sorted(file.read().split())
except OSError:
    print("cannot read the file", file=sys.stderr)
    sys.exit(1)
for time in times:
    if time >= args[1]:
        print(time)
        break
else:
    if times:
        print(times[0], "tomorrow")
