import sys
from collections import Counter
from pathlib import Path


def main() -> None:
    sizes = Counter()
    for path in Path(sys.argv[1]).rglob("*"):
        if path.is_file():
            sizes[path.suffix.removeprefix(".") or "none"] += path.stat().st_size
    for extension, size in sorted(sizes.items()):
        print(f"{extension}: {size}")


main()
