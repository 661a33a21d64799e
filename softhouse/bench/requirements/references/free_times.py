import re
import sys
from pathlib import Path

OPEN, CLOSE = 9 * 60, 17 * 60


def read(line: str) -> tuple[int, int]:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", line.strip())
    if not found:
        print(f"no appointment: {line}", file=sys.stderr)
        sys.exit(1)
    a, b, c, d = map(int, found.groups())
    return a * 60 + b, c * 60 + d


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def main() -> None:
    busy = sorted(read(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    free, at = [], OPEN
    for start, end in [*busy, (CLOSE, CLOSE)]:
        if at < min(start, CLOSE):
            free.append(f"{clock(at)}-{clock(min(start, CLOSE))}")
        at = max(at, end)
    print("\n".join(free) or "none")


main()
