import sys

limit = float(sys.argv[1])
for line in sys.stdin:
    if not line.strip():
        continue
    path, time = line.split()
    ms = float(time[:-2]) if time.endswith("ms") else float(time[:-1]) * 1000
    if ms > limit:
        print(path)
