import sys
k = int(sys.argv[1])
o = []
for c in sys.stdin.read():
    if "a" <= c <= "z":
        c = chr((ord(c) - 97 + k) % 26 + 97)
    elif "A" <= c <= "Z":
        c = chr((ord(c) - 65 + k) % 26 + 65)
    o.append(c)
sys.stdout.write("".join(o))
