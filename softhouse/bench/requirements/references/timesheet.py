import sys
from pathlib import Path


def minutes(clock: str) -> int:
    hours, rest = clock.strip().split(":")
    return int(hours) * 60 + int(rest)


def main() -> None:
    total = 0
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").split():
        start, end = map(minutes, line.split("-"))
        total += (end - start) % (24 * 60)
    print(f"{total // 60}:{total % 60:02d}")


main()
