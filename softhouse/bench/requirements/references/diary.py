import sys

if len(sys.argv) < 3:
    sys.exit(1)
date = sys.argv[1]
with open(date[:7] + ".txt", "a", encoding="utf-8") as f:
    f.write(date[8:] + " " + " ".join(sys.argv[2:]) + "\n")
