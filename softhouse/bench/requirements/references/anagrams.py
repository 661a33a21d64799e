import sys
from collections import defaultdict
from pathlib import Path


def main() -> None:
    groups = defaultdict(list)
    for word in Path(sys.argv[1]).read_text(encoding="utf-8").split():
        groups["".join(sorted(word))].append(word)
    for line in sorted(" ".join(sorted(words)) for words in groups.values() if len(words) > 1):
        print(line)


main()
