import sys
from collections import defaultdict
from pathlib import Path


def main() -> None:
    root = Path(sys.argv[1])
    groups = defaultdict(list)
    for path in root.rglob("*"):
        if path.is_file():
            groups[path.read_bytes()].append(path.relative_to(root).as_posix())
    for line in sorted(" ".join(sorted(paths)) for paths in groups.values() if len(paths) > 1):
        print(line)


main()
