import sys


def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def main():
    times = []
    for line in sys.stdin:
        if line.strip():
            hours, minutes = line.strip().split(":")
            times.append(int(hours) * 60 + int(minutes))
    if not times:
        print("no times")
        sys.exit(1)
    print("average", clock(sum(times) // len(times)))
    print("earliest", clock(min(times)))
    print("latest", clock(max(times)))


main()
