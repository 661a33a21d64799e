import sys

path, side = sys.argv[1], sys.argv[2]
if side not in ("ours", "theirs"):
    sys.exit(1)
where = "outside"
with open(path, encoding="utf-8") as f:
    for line in f:
        if line.startswith("<<<<<<<"):
            where = "ours"
        elif line.startswith("======="):
            where = "theirs"
        elif line.startswith(">>>>>>>"):
            where = "outside"
        elif where in ("outside", side):
            sys.stdout.write(line)
