import sys


def to_minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def to_clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def main() -> None:
    start, end, length = to_minutes(sys.argv[1]), to_minutes(sys.argv[2]), int(sys.argv[3])
    if end <= start:
        sys.exit(1)
    while start + length <= end:
        print(f"{to_clock(start)}-{to_clock(start + length)}")
        start += length


if __name__ == "__main__":
    main()
