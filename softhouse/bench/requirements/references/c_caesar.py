import sys

n, out = int(sys.argv[1]), ""
for ch in sys.argv[2]:
    if "a" <= ch <= "z":
        ch = chr((ord(ch) - 97 + n) % 26 + 97)
    elif "A" <= ch <= "Z":
        ch = chr((ord(ch) - 65 + n) % 26 + 65)
    out += ch
print(out)
