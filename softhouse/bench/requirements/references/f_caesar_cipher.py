import sys

shift = int(sys.argv[1])
out = ""
for c in input():
    if "a" <= c <= "z":
        c = chr((ord(c) - 97 + shift) % 26 + 97)
    elif "A" <= c <= "Z":
        c = chr((ord(c) - 65 + shift) % 26 + 65)
    out += c
print(out)
