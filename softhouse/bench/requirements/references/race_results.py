import sys

runners = []
with open(sys.argv[1], encoding="utf-8") as f:
    for line in f:
        parts = line.split()
        if parts:
            minutes, seconds = parts[1].split(":")
            runners.append((int(minutes) * 60 + int(seconds), parts[0], parts[1]))
times = [r[0] for r in runners]
for t, name, shown in sorted(runners, key=lambda r: r[0]):
    place = 1 + sum(1 for other in times if other < t)
    print(f"{place}. {name} {shown}")
