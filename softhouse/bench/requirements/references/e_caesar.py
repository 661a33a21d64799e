import sys

shift = int(sys.argv[2])
if sys.argv[1] == "decode":
    shift = -shift
out = []
for ch in sys.stdin.read():
    for first in "aA":
        if ord(first) <= ord(ch) < ord(first) + 26:
            ch = chr((ord(ch) - ord(first) + shift) % 26 + ord(first))
            break
    out.append(ch)
sys.stdout.write("".join(out))
