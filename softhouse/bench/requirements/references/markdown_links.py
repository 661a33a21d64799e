import re
import sys
from pathlib import Path


def main() -> None:
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    for label, url in re.findall(r"\[([^\[\]]+)\]\(([^()]+)\)", text):
        print(f"{label} -> {url}")


if __name__ == "__main__":
    main()
