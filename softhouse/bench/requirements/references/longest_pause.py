import sys

times = []
for line in sys.stdin:
    if line.strip():
        h, m, s = map(int, line[:8].split(":"))
        times.append(h * 3600 + m * 60 + s)
print(max((b - a for a, b in zip(times, times[1:])), default=0))
