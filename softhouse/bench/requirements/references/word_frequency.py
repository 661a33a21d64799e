import re
import sys
from collections import Counter
from pathlib import Path


def main() -> None:
    text = Path(sys.argv[1]).read_text(encoding="utf-8").lower()
    counts = Counter(re.findall(r"[^\W\d_]+", text))
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: int(sys.argv[2])]:
        print(word, count)


main()
