import sys
from pathlib import Path


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines(keepends=True)
    size = int(sys.argv[2])
    starts = range(0, len(lines), size)
    for number, start in enumerate(starts, 1):
        Path(f"part{number}.txt").write_text("".join(lines[start : start + size]), encoding="utf-8")
    print(len(starts))


main()
