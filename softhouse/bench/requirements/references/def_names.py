import re
import sys
from pathlib import Path


def main() -> None:
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    for name in re.findall(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", source, re.MULTILINE):
        print(name)


if __name__ == "__main__":
    main()
