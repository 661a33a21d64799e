import sys

k = int(sys.argv[1])
out = []
for ch in sys.stdin.read():
    if "a" <= ch <= "z":
        ch = chr((ord(ch) - 97 + k) % 26 + 97)
    elif "A" <= ch <= "Z":
        ch = chr((ord(ch) - 65 + k) % 26 + 65)
    out.append(ch)
sys.stdout.write("".join(out))
