import sys

shift = int(sys.argv[1])
out = ""
for ch in sys.argv[2]:
    if "a" <= ch <= "z":
        ch = chr((ord(ch) - 97 + shift) % 26 + 97)
    elif "A" <= ch <= "Z":
        ch = chr((ord(ch) - 65 + shift) % 26 + 65)
    out += ch
print(out)
