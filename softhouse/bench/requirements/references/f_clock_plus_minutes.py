import sys

h, m = sys.argv[1].split(":")
total = (int(h) * 60 + int(m) + int(sys.argv[2])) % 1440
print(f"{total // 60:02d}:{total % 60:02d}")
