import sys

if len(sys.argv) != 2:
    sys.exit("usage: main.py FEN")
rows = []
for part in sys.argv[1].split("/"):
    row = ""
    for c in part:
        if c in "12345678":
            row += "." * int(c)
        elif c in "pnbrqkPNBRQK":
            row += c
        else:
            sys.exit(f"wrong character: {c}")
    if len(row) != 8:
        sys.exit("a row must have eight squares")
    rows.append(row)
if len(rows) != 8:
    sys.exit("there must be eight rows")
board = "".join(rows)
print("\n".join(rows))
print("white", sum(c.isupper() for c in board), "black", sum(c.islower() for c in board))
