import sys
from datetime import date
from pathlib import Path


def main() -> None:
    today = date.fromisoformat(sys.argv[2])
    late: list[tuple[int, str]] = []
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        due, _, task = line.partition(" ")
        days = (today - date.fromisoformat(due)).days
        if days > 0:
            late.append((days, task))
    if not late:
        print("nothing overdue")
    for days, task in sorted(late, key=lambda entry: -entry[0]):
        print(f"{task}: {days}")


if __name__ == "__main__":
    main()
