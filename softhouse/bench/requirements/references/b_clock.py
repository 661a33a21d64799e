import sys

h, m = map(int, sys.argv[1].split(":"))
t = (h * 60 + m + int(sys.argv[2])) % 1440
print(f"{t // 60:02d}:{t % 60:02d}")
