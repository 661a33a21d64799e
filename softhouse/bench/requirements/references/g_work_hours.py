import sys


def minutes(text):
    h, m = text.split(":")
    return int(h) * 60 + int(m)


total = 0
with open(sys.argv[1]) as f:
    for line in f:
        if not line.strip():
            continue
        start, end = map(minutes, line.strip().split("-"))
        if end <= start:
            sys.exit(1)
        total += end - start
print(f"{total // 60}:{total % 60:02d}")
