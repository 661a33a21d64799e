import sys

try:
    x = float(sys.argv[1])
    u = sys.argv[2].upper()
except (ValueError, IndexError):
    sys.exit(1)
if u == "C":
    print(f"{x * 9 / 5 + 32:.1f} F")
elif u == "F":
    print(f"{(x - 32) * 5 / 9:.1f} C")
else:
    sys.exit(1)
