import sys
from collections import Counter
from pathlib import Path


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    counts = Counter(line.split()[2] for line in lines if line.strip())
    for level, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        print(f"{level}: {count}")


main()
