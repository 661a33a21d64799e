import re
import sys

try:
    shift = int(sys.argv[2])
    with open(sys.argv[1], encoding="utf-8") as f:
        lines = f.read().splitlines()
except (IndexError, ValueError, OSError) as error:
    sys.exit(str(error))


def moved(match):
    h, m, s, ms = (int(part) for part in match.groups())
    total = max(0, ((h * 60 + m) * 60 + s) * 1000 + ms + shift)
    seconds, ms = divmod(total, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d},{ms:03d}"


TIME = r"(\d\d):(\d\d):(\d\d),(\d\d\d)"
for line in lines:
    if re.fullmatch(rf"{TIME} --> {TIME}", line):
        line = re.sub(TIME, moved, line)
    print(line)
