import sys

try:
    path, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
except (IndexError, ValueError, OSError) as error:
    sys.exit(str(error))
if first > last:
    sys.exit("FROM is greater than TO")
for line in lines[max(first - 1, 0) : max(last, 0)]:
    print(line)
