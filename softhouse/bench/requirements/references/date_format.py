import sys
from datetime import datetime
from pathlib import Path


def convert(text: str) -> str:
    try:
        return datetime.strptime(text, "%d.%m.%Y").strftime("%Y-%m-%d")
    except ValueError:
        return "invalid"


def main() -> None:
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        print(convert(line))


if __name__ == "__main__":
    main()
